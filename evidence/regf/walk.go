package regf

import (
	"context"
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence"
)

const (
	maxDepth = 512     // levels of keys that Windows allows
	maxKeys  = 8 << 20 // of one hive
	// Lost is what the path of a key begins with whose place in the hive is lost.
	Lost = "?"
	// filetimeEpoch is 1601-01-01 in ticks.
	filetimeEpoch = 504911232000000000
)

// walker emits the keys of a hive.
type walker struct {
	*hive
	ctx  context.Context
	sink evidence.Sink
	all  bool
	// seen holds the keys and lists that were met: none is walked twice.
	seen   map[uint32]bool
	broken bool // a key or a list could not be read, so some keys have no way to them
}

// frame is a key whose subkeys are being walked.
type frame struct {
	path string
	refs []uint32
}

func (w *walker) run() error {
	w.seen = map[uint32]bool{}
	root, ok := w.root()
	if ok {
		if err := w.tree(root, w.rootPath(&root)); err != nil {
			return err
		}
	} else {
		w.broken = true
		w.damage(36, 4, "there is no root key")
	}
	if w.broken {
		return w.orphans()
	}
	return nil
}

// root reads the root key, from where the base block says or from the first bin.
func (w *walker) root() (key, bool) {
	if k, ok := w.key(w.base.root); ok {
		return k, true
	}
	var found key
	w.cells(func(ref uint32) bool {
		k, ok := w.key(ref)
		if ok && k.flags&flagRoot != 0 {
			found = k
			return false
		}
		return true
	})
	return found, found.name != "" || found.flags != 0
}

// rootPath is "" but for a hive that was saved from within the task scheduler's keys.
func (w *walker) rootPath(root *key) string {
	if strings.EqualFold(root.name, "TaskCache") {
		return root.name
	}
	tree, tasks := false, false
	for _, ref := range w.subkeys(root, map[uint32]bool{}) {
		if k, ok := w.key(ref); ok {
			switch {
			case strings.EqualFold(root.name, "Schedule") && strings.EqualFold(k.name, "TaskCache"):
				return root.name
			case strings.EqualFold(k.name, "Tree"):
				tree = true
			case strings.EqualFold(k.name, "Tasks"):
				tasks = true
			}
		}
	}
	if tree && tasks {
		return "TaskCache"
	}
	return ""
}

// tree emits a key and all below it.
func (w *walker) tree(k key, path string) error {
	w.seen[k.ref] = true
	if err := w.emit(&k, path); err != nil {
		return err
	}
	stack := []frame{{path, w.subkeys(&k, w.seen)}}
	for len(stack) > 0 {
		top := &stack[len(stack)-1]
		if len(top.refs) == 0 {
			stack = stack[:len(stack)-1]
			continue
		}
		ref := top.refs[0]
		top.refs = top.refs[1:]
		at := int64(ref) + binsStart
		if w.seen[ref] {
			w.damage(at, 0, "a key of %q is listed twice or holds itself", top.path)
			continue
		}
		k, ok := w.key(ref)
		if !ok {
			w.broken = true
			w.damage(at, 0, "no key is where one of %q should be", top.path)
			continue
		}
		w.seen[ref] = true
		below := k.name
		if top.path != "" {
			below = top.path + `\` + k.name
		}
		if len(stack) > maxDepth || len(w.seen) > maxKeys {
			w.damage(at, 0, "more than %d keys or %d levels, the rest is not read", maxKeys, maxDepth)
			continue
		}
		if err := w.emit(&k, below); err != nil {
			return err
		}
		if k.subkeys > 0 {
			stack = append(stack, frame{below, w.subkeys(&k, w.seen)})
		}
	}
	return nil
}

func (w *walker) emit(k *key, path string) error {
	if len(w.seen)%1024 == 0 {
		if err := w.ctx.Err(); err != nil {
			return err
		}
	}
	if !w.all && !inTaskCache(path) && !namesComputer(path) {
		return nil
	}
	rec := evidence.Record{Kind: evidence.KindRegistry, Path: w.in.Path, Offset: int64(k.ref) + binsStart, Shape: "regf"}
	rec.Registry = evidence.Registry{Key: path, LastWrite: ticks(k.written), Values: w.valuesOf(k)}
	return w.sink.Record(&rec)
}

// ticks converts a FILETIME, 0 if it is no time of ours.
func ticks(filetime uint64) int64 {
	if filetime == 0 || filetime > 1<<61 {
		return 0
	}
	return int64(filetime) + filetimeEpoch
}

// subkeys lists the subkeys of a key. seen keeps lists from being read twice.
func (w *walker) subkeys(k *key, seen map[uint32]bool) []uint32 {
	if k.subkeys == 0 {
		return nil
	}
	refs := w.list(k.sublist, seen, 0, nil)
	if len(refs) != int(k.subkeys) {
		w.broken = true
		w.damage(int64(k.sublist)+binsStart, 0, "key %q says that it has %d subkeys, %d are listed", k.name, k.subkeys, len(refs))
	}
	return refs
}

// list reads a list of subkeys: lf, lh and li list keys, ri lists lists.
func (w *walker) list(ref uint32, seen map[uint32]bool, depth int, out []uint32) []uint32 {
	b := w.cell(ref, 4+8*0xFFFF)
	if len(b) < 4 || seen[ref] || depth > 4 {
		return out
	}
	seen[ref] = true
	step := 4
	switch string(b[:2]) {
	case "lf", "lh":
		step = 8
	case "li", "ri":
	default:
		return out
	}
	indirect := string(b[:2]) == "ri"
	n := int(le.Uint16(b[2:]))
	for b = b[4:]; n > 0 && len(b) >= step; n-- {
		if r := le.Uint32(b); indirect {
			out = w.list(r, seen, depth+1, out)
		} else {
			out = append(out, r)
		}
		b = b[step:]
	}
	return out
}

// orphans emits the keys that are in use but that no list leads to.
func (w *walker) orphans() error {
	var err error
	w.cells(func(ref uint32) bool {
		if w.seen[ref] {
			return true
		}
		k, ok := w.key(ref)
		if !ok || len(w.seen) > maxKeys {
			return true
		}
		w.seen[ref] = true
		err = w.emit(&k, w.pathOf(&k))
		return err == nil
	})
	return err
}

// pathOf rebuilds the path of a key from its parents.
func (w *walker) pathOf(k *key) string {
	names := []string{k.name}
	met := map[uint32]bool{k.ref: true}
	for p := *k; ; {
		if p.flags&flagRoot != 0 {
			names = names[:len(names)-1] // the root has no name in a path
			break
		}
		up, ok := w.key(p.parent)
		if !ok || met[up.ref] || len(names) > maxDepth {
			names = append(names, Lost)
			break
		}
		met[up.ref] = true
		p = up
		names = append(names, p.name)
	}
	for i, j := 0, len(names)-1; i < j; i, j = i+1, j-1 {
		names[i], names[j] = names[j], names[i]
	}
	return strings.Join(names, `\`)
}

// cells calls visit for each cell in use until it says false. Where a bin is broken
// it goes on with the next page.
func (w *walker) cells(visit func(ref uint32) bool) {
	var head [32]byte
	for bin := int64(binsStart); bin+32 <= w.end; {
		if w.ctx.Err() != nil {
			return
		}
		size := int64(4096)
		at := bin
		if w.read(head[:], bin) && string(head[:4]) == "hbin" {
			if n := int64(le.Uint32(head[8:])); n >= 4096 && n%4096 == 0 && bin+n <= w.end {
				size = n
			}
			at += 32
		} else if bin == binsStart {
			at += 32 // the first bin begins with the root whatever its header is
		} else {
			bin += size
			continue
		}
		for end := bin + size; at+8 <= end && w.read(head[:4], at); {
			n := int64(int32(le.Uint32(head[:])))
			if n < 0 && !visit(uint32(at-binsStart)) {
				return
			}
			if n < 0 {
				n = -n
			}
			if n < 8 || n%8 != 0 {
				break
			}
			at += n
		}
		bin += size
	}
}
