package archive

import "slices"

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

// placed gives each block its data, in the order of the packed streams.
func placed(r *sevenReader, folders []sevenFolder, at int64, packed []int64) []sevenFolder {
	at += 32
	for i := range folders {
		f := &folders[i]
		if len(f.streams) > len(packed) || at < 0 {
			r.fail()
			return nil
		}
		for k := range f.streams {
			f.streams[k] = sevenStream{at, packed[k]}
			at += packed[k]
			f.packed += packed[k]
		}
		packed = packed[len(f.streams):]
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
				r.folder(&folders[i])
			}
		case szUnpackSize:
			for i := range folders {
				f := &folders[i]
				for k := range f.coders {
					f.coders[k].size = r.number()
				}
				if len(f.coders) > 0 {
					f.size = f.coders[f.last].size
				}
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

// folder reads the steps of a block and which feeds which.
func (r *sevenReader) folder(f *sevenFolder) {
	n := r.number()
	if n < 1 || n > maxCoders {
		r.fail()
		return
	}
	f.coders = make([]sevenCoder, n)
	inputs := 0
	for i := range f.coders {
		c := &f.coders[i]
		flags := r.byte()
		for _, b := range r.bytes(int64(flags & 0x0F)) {
			c.id = c.id<<8 | uint64(b)
		}
		ins := int64(1)
		if flags&0x10 != 0 {
			outs := int64(0)
			if ins, outs = r.number(), r.number(); outs != 1 || ins < 1 || ins > bcj2Streams {
				r.fail()
				return
			}
		}
		c.from = make([]sevenInput, ins)
		inputs += int(ins)
		if flags&0x20 != 0 {
			c.props = r.bytes(r.number())
		}
	}
	r.feeds(f, inputs)
}

// feeds reads which step feeds which input, and which packed stream the others. Inputs are
// numbered through all steps.
func (r *sevenReader) feeds(f *sevenFolder, inputs int) {
	var all []*sevenInput
	for i := range f.coders {
		for k := range f.coders[i].from {
			f.coders[i].from[k] = sevenInput{-1, -1}
			all = append(all, &f.coders[i].from[k])
		}
	}
	given := make([]bool, len(f.coders)) // to another step
	for range len(f.coders) - 1 {
		in, out := r.number(), r.number()
		if in < 0 || in >= int64(inputs) || out < 0 || out >= int64(len(given)) || all[in].coder >= 0 || given[out] {
			r.fail()
			return
		}
		all[in].coder, given[out] = int(out), true
	}
	f.last = slices.Index(given, false)
	f.streams = make([]sevenStream, inputs-len(f.coders)+1)
	for k := range f.streams {
		in := int64(0)
		if len(f.streams) > 1 {
			in = r.number()
		} else {
			in = int64(slices.IndexFunc(all, func(i *sevenInput) bool { return i.coder < 0 }))
		}
		if in < 0 || in >= int64(inputs) || all[in].coder >= 0 || all[in].stream >= 0 {
			r.fail()
			return
		}
		all[in].stream = k
	}
	if !f.ordered(f.last, map[int]bool{}) {
		r.fail()
	}
}

// ordered says that no step feeds itself on any way to step at.
func (f *sevenFolder) ordered(at int, above map[int]bool) bool {
	if above[at] {
		return false
	}
	above[at] = true // each step feeds one other, so it is met once
	for _, in := range f.coders[at].from {
		if in.coder >= 0 && !f.ordered(in.coder, above) {
			return false
		}
	}
	return true
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
