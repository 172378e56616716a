package regf

import "github.com/goshawk-hunt/goshawk/evidence"

// valuesOf reads the values of a key; what cannot be read is damage.
func (h *hive) valuesOf(k *key) []evidence.RegistryValue {
	if k.values == 0 {
		return nil
	}
	at := int64(k.list) + binsStart
	if k.values > maxValues {
		h.damage(at, 0, "key %s says that it has %d values, at most %d are read", k.name, k.values, maxValues)
	}
	n := int(min(k.values, maxValues))
	list := h.cell(k.list, 4*n)
	if len(list) < 4*n {
		h.damage(at, 0, "the list of the values of key %s has %d of %d", k.name, len(list)/4, n)
		n = len(list) / 4
	}
	out := make([]evidence.RegistryValue, 0, n)
	for i := range n {
		ref := le.Uint32(list[4*i:])
		v, reason := h.value(ref)
		if reason != "" {
			h.damage(int64(ref)+binsStart, 0, "value %d of key %s: %s", i+1, k.name, reason)
			if v.Data == nil {
				continue
			}
		}
		out = append(out, v)
	}
	return out
}

// value reads one value. A reason with data means that some of it is lost.
func (h *hive) value(ref uint32) (v evidence.RegistryValue, reason string) {
	b := h.cell(ref, 20+2*16383)
	if len(b) < 20 || string(b[:2]) != "vk" {
		return v, "no value is where one should be"
	}
	n := int(le.Uint16(b[2:]))
	if n > len(b)-20 {
		return v, "its name is longer than its cell"
	}
	v.Name = name(b[20:20+n], le.Uint16(b[16:])&1 != 0)
	v.Type = le.Uint32(b[12:])
	size, at := le.Uint32(b[4:]), le.Uint32(b[8:])
	if size&0x80000000 != 0 { // the data stands in place of its offset
		size &^= 0x80000000
		if size > 4 {
			return v, "more than 4 bytes of data in its own cell"
		}
		v.Data = append([]byte{}, b[8:8+size]...)
		return v, ""
	}
	v.Data = []byte{}
	if size == 0 {
		return v, ""
	}
	if h.budget -= int64(size); size > maxValue || h.budget < 0 {
		return v, "it and the values before it are more data than the hive has room for"
	}
	if size > bigSegment && h.base.minor >= 4 {
		if db := h.cell(at, 8); len(db) == 8 && string(db[:2]) == "db" {
			v.Data = h.bigData(int(le.Uint16(db[2:])), le.Uint32(db[4:]), int(size))
			if len(v.Data) < int(size) {
				return v, "some of its segments are missing"
			}
			return v, ""
		}
	}
	v.Data = append(v.Data, h.cell(at, int(size))...)
	if len(v.Data) < int(size) {
		return v, "its data is shorter than it says"
	}
	return v, ""
}

// bigData joins the segments of a value longer than a cell.
func (h *hive) bigData(segments int, list uint32, size int) []byte {
	refs := h.cell(list, 4*segments)
	out := []byte{}
	for i := 0; i+4 <= len(refs) && len(out) < size; i += 4 {
		part := h.cell(le.Uint32(refs[i:]), min(bigSegment, size-len(out)))
		if part == nil {
			break
		}
		out = append(out, part...)
	}
	return out
}
