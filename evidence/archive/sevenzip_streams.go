package archive

import "errors"

// streams reads where the packed data lies and how it is unpacked.
func (r *sevenReader) streams() []sevenFolder {
	var at int64
	var packed []int64
	var folders []sevenFolder
	for r.err == nil {
		switch r.byte() {
		case szEnd:
			return placed(r, folders, at, packed)
		case szPackInfo:
			at, packed = r.packInfo()
		case szUnpackInfo:
			folders = r.unpackInfo()
		case szSubStreamsInfo:
			r.subStreams(folders)
		default:
			r.fail()
		}
	}
	return nil
}

// placed gives each block its data: one packed stream a block.
func placed(r *sevenReader, folders []sevenFolder, at int64, packed []int64) []sevenFolder {
	at += 32
	for i := range folders {
		f := &folders[i]
		if i >= len(packed) || at < 0 {
			r.fail()
			return nil
		}
		f.at, f.packed = at, packed[i]
		at += packed[i]
		if f.parts == nil {
			f.parts = []sevenPart{{f.size, f.sum}}
		}
	}
	return folders
}

func (r *sevenReader) packInfo() (at int64, packed []int64) {
	at = r.number()
	packed = make([]int64, r.count())
	for r.err == nil {
		switch r.byte() {
		case szEnd:
			return at, packed
		case szSize:
			for i := range packed {
				packed[i] = r.number()
			}
		case szCRC:
			r.sums(len(packed))
		default:
			r.fail()
		}
	}
	return 0, nil
}

func (r *sevenReader) unpackInfo() []sevenFolder {
	var folders []sevenFolder
	for r.err == nil {
		switch r.byte() {
		case szEnd:
			return folders
		case szFolder:
			n := r.count()
			if r.byte() != 0 {
				r.fail() // the list is elsewhere: nothing writes that
			}
			folders = make([]sevenFolder, n)
			for i := range folders {
				folders[i].coders = r.coders()
			}
		case szUnpackSize:
			for i := range folders {
				f := &folders[i]
				for k := range f.coders {
					f.coders[k].size = r.number()
				}
				f.size = f.inOrder(r)
			}
		case szCRC:
			for i, sum := range r.sums(len(folders)) {
				folders[i].sum = sum
			}
		default:
			r.fail()
		}
	}
	return nil
}

// maxCoders is how many steps of unpacking a block may have.
const maxCoders = 8

// coders reads the steps of a block as they are written; chain says where they belong.
func (r *sevenReader) coders() []sevenCoder {
	n := r.number()
	if n < 1 || n > maxCoders {
		r.fail()
		return nil
	}
	coders := make([]sevenCoder, n)
	for i := range coders {
		flags := r.byte()
		for _, b := range r.bytes(int64(flags & 0x0F)) {
			coders[i].id = coders[i].id<<8 | uint64(b)
		}
		if flags&0x10 != 0 {
			ins, outs := r.number(), r.number()
			if ins != 1 || outs != 1 {
				coders[i].id = branching
			}
		}
		if flags&0x20 != 0 {
			coders[i].props = r.bytes(r.number())
		}
	}
	for _, c := range coders {
		if c.id == branching {
			r.err = errors.New("7z that splits data into several streams (BCJ2) is not supported")
			return nil
		}
	}
	return r.chain(coders)
}

// branching stands for a step with several inputs or outputs.
const branching = ^uint64(0)

// chain reads which step feeds which and marks each with its place.
func (r *sevenReader) chain(coders []sevenCoder) []sevenCoder {
	feeds := map[int]int{} // from an output to an input
	fed := map[int]bool{}
	for range len(coders) - 1 {
		in, out := int(r.number()), int(r.number())
		if in < 0 || in >= len(coders) || out < 0 || out >= len(coders) || fed[in] {
			r.fail()
			return nil
		}
		feeds[out], fed[in] = in, true
	}
	first := -1
	for i := range coders {
		if !fed[i] {
			first = i
		}
	}
	for i, at := 0, first; i < len(coders); i++ {
		if at < 0 {
			r.fail()
			return nil
		}
		coders[at].place = i
		next, ok := feeds[at]
		if !ok {
			next = -1
		}
		at = next
	}
	return coders
}

// inOrder puts the steps into the order in which data goes through them, and returns the
// size of what comes out at the end.
func (f *sevenFolder) inOrder(r *sevenReader) int64 {
	ordered := make([]sevenCoder, len(f.coders))
	for _, c := range f.coders {
		ordered[c.place] = c
	}
	if len(ordered) == 0 {
		r.fail()
		return 0
	}
	f.coders = ordered
	return ordered[len(ordered)-1].size
}

// subStreams reads how the blocks are divided into files.
func (r *sevenReader) subStreams(folders []sevenFolder) {
	numbers := make([]int, len(folders))
	for i := range numbers {
		numbers[i] = 1
	}
	id := r.byte()
	if id == szNumUnpack {
		for i := range numbers {
			numbers[i] = r.count()
		}
		id = r.byte()
	}
	var unsummed []*sevenPart
	for i := range folders {
		f := &folders[i]
		f.parts = make([]sevenPart, numbers[i])
		left := f.size
		for k := range f.parts {
			f.parts[k].size = left
			if id == szSize && k < len(f.parts)-1 {
				f.parts[k].size = r.number()
			}
			if left -= f.parts[k].size; left < 0 {
				r.fail()
				return
			}
		}
		if len(f.parts) == 1 && f.sum != nil {
			f.parts[0].sum = f.sum
			continue
		}
		for k := range f.parts {
			unsummed = append(unsummed, &f.parts[k])
		}
	}
	if id == szSize {
		id = r.byte()
	}
	if id == szCRC {
		for i, sum := range r.sums(len(unsummed)) {
			unsummed[i].sum = sum
		}
		id = r.byte()
	}
	if id != szEnd {
		r.fail()
	}
}
