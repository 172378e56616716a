package evtx

import (
	"encoding/binary"
	"math"
	"strconv"
	"strings"
	"unsafe"

	"github.com/goshawk-hunt/goshawk/evidence"
)

// Value types of binary XML, MS-EVEN6 section 2.2.12.
const (
	typeNull       = 0x00
	typeString     = 0x01
	typeAnsi       = 0x02
	typeInt8       = 0x03
	typeUint8      = 0x04
	typeInt16      = 0x05
	typeUint16     = 0x06
	typeInt32      = 0x07
	typeUint32     = 0x08
	typeInt64      = 0x09
	typeUint64     = 0x0a
	typeReal32     = 0x0b
	typeReal64     = 0x0c
	typeBool       = 0x0d
	typeBinary     = 0x0e
	typeGUID       = 0x0f
	typeSize       = 0x10
	typeFiletime   = 0x11
	typeSystemtime = 0x12
	typeSID        = 0x13
	typeHex32      = 0x14
	typeHex64      = 0x15
	typeHandle     = 0x20
	typeBinXML     = 0x21
	typeEvtXML     = 0x23
	typeArray      = 0x80
)

// sub is one value of a template instance: where it lies in the chunk and what
// it is.
type sub struct {
	off  uint32
	size uint16
	typ  uint8
}

func (s sub) bytes(data []byte) []byte { return data[s.off : s.off+uint32(s.size)] }

// value reads s. Arrays become one value, see list. Binary values point into
// the chunk, text into the arena.
func (c *chunkReader) value(s sub) evidence.Value {
	b := s.bytes(c.data)
	if s.typ&typeArray != 0 {
		return c.list(b, s.typ&^typeArray)
	}
	return c.scalar(b, s.typ)
}

// scalar reads one value that is no array.
func (c *chunkReader) scalar(b []byte, typ uint8) evidence.Value {
	switch typ {
	case typeString, typeEvtXML:
		return evidence.Value{Kind: evidence.String, Str: c.text.utf16(trimNUL(b))}
	case typeUint8, typeUint16, typeUint32, typeUint64:
		return integer(b, evidence.Uint)
	case typeHex32, typeHex64, typeSize, typeHandle:
		return integer(b, evidence.Hex)
	case typeInt8, typeInt16, typeInt32, typeInt64:
		return integer(b, evidence.Int)
	case typeNull:
		return evidence.Value{}
	case typeFiletime:
		return filetime(b)
	case typeGUID:
		if len(b) == 16 {
			return evidence.Value{Kind: evidence.GUID, Str: c.text.guid(b)}
		}
	case typeSID:
		if s, ok := c.text.sid(b); ok {
			return evidence.Value{Kind: evidence.SID, Str: s}
		}
	case typeBool:
		if v := integer(b, evidence.Bool); v.Kind == evidence.Bool {
			v.Num = min(v.Num, 1)
			return v
		}
	case typeAnsi:
		for len(b) > 0 && b[len(b)-1] == 0 {
			b = b[:len(b)-1]
		}
		return evidence.Value{Kind: evidence.String, Str: c.text.ansi(b)}
	case typeReal32, typeReal64:
		return realValue(b)
	case typeSystemtime:
		return systemtime(b)
	}
	return binaryValue(b)
}

// binaryValue holds the bytes as they are: for binary data and for values that
// are not what their type says.
func binaryValue(b []byte) evidence.Value {
	return evidence.Value{Kind: evidence.Binary, Str: unsafe.String(unsafe.SliceData(b), len(b))}
}

// integer reads a little-endian number of the size that it has, not of the size
// that its type should have. Sizes that no number has give its bytes.
func integer(b []byte, kind evidence.ValueKind) evidence.Value {
	var v uint64
	switch len(b) {
	case 8:
		v = binary.LittleEndian.Uint64(b)
	case 4:
		v = uint64(binary.LittleEndian.Uint32(b))
		if kind == evidence.Int {
			v = uint64(int64(int32(v)))
		}
	case 2:
		v = uint64(binary.LittleEndian.Uint16(b))
		if kind == evidence.Int {
			v = uint64(int64(int16(v)))
		}
	case 1:
		v = uint64(b[0])
		if kind == evidence.Int {
			v = uint64(int64(int8(v)))
		}
	case 0:
		return evidence.Value{}
	default:
		return binaryValue(b)
	}
	return evidence.Value{Kind: kind, Num: v}
}

func realValue(b []byte) evidence.Value {
	switch len(b) {
	case 8:
		return evidence.Value{Kind: evidence.Real, Num: binary.LittleEndian.Uint64(b)}
	case 4:
		f := math.Float32frombits(binary.LittleEndian.Uint32(b))
		// Through its shortest decimal form, so that 0.1 stays 0.1.
		d, err := strconv.ParseFloat(strconv.FormatFloat(float64(f), 'g', -1, 32), 64)
		if err != nil {
			d = float64(f)
		}
		return evidence.Value{Kind: evidence.Real, Num: math.Float64bits(d)}
	case 0:
		return evidence.Value{}
	}
	return binaryValue(b)
}

// lastTick is the last tick of the year 9999.
const lastTick = 3155378975999999999

// filetime reads a FILETIME. One past the year 9999 ("never") has no date and
// stays a number.
func filetime(b []byte) evidence.Value {
	if len(b) != 8 {
		return integer(b, evidence.Uint)
	}
	v := binary.LittleEndian.Uint64(b)
	if v > lastTick-evidence.FiletimeEpoch {
		return evidence.Value{Kind: evidence.Uint, Num: v}
	}
	return evidence.Value{Kind: evidence.Time, Num: v + evidence.FiletimeEpoch}
}

// systemtime reads a SYSTEMTIME: year, month, weekday, day, hour, minute,
// second and millisecond of 16 bits each.
func systemtime(b []byte) evidence.Value {
	if len(b) != 16 {
		return binaryValue(b)
	}
	u := func(i int) int64 { return int64(binary.LittleEndian.Uint16(b[2*i:])) }
	ticks, ok := ticksOf(u(0), u(1), u(3), u(4), u(5), u(6), u(7)*(evidence.TicksPerSecond/1000))
	if !ok {
		return binaryValue(b)
	}
	return evidence.Value{Kind: evidence.Time, Num: uint64(ticks)}
}

// ticksOf gives the ticks of a date and time, false if there is no such time.
func ticksOf(y, m, d, hour, minute, second, fraction int64) (int64, bool) {
	if y < 1 || y > 9999 || m < 1 || m > 12 || d < 1 || d > 31 ||
		hour > 23 || minute > 59 || second > 59 || fraction >= evidence.TicksPerSecond {
		return 0, false
	}
	days := daysOf(y, m, d)
	return ((days*24+hour)*60+minute)*60*evidence.TicksPerSecond + second*evidence.TicksPerSecond + fraction, true
}

// daysOf counts the days from 0001-01-01 in the proleptic Gregorian calendar.
func daysOf(y, m, d int64) int64 {
	if m <= 2 {
		y--
		m += 12
	}
	return 365*y + y/4 - y/100 + y/400 + (153*(m-3)+2)/5 + d - 307
}

// list reads an array: nothing for no items, the item itself for one, and the
// texts of the items, a line each, for more.
func (c *chunkReader) list(b []byte, typ uint8) evidence.Value {
	item, rest, ok := nextItem(b, typ)
	if !ok {
		return evidence.Value{Kind: evidence.String}
	}
	if len(rest) == 0 {
		return c.scalar(item, typ)
	}
	var text strings.Builder
	for n := 0; ok; n++ {
		if n > 0 {
			text.WriteByte('\n')
		}
		text.WriteString(c.scalar(item, typ).Text())
		item, rest, ok = nextItem(rest, typ)
	}
	return evidence.Value{Kind: evidence.String, Str: text.String()}
}

// nextItem cuts the first item from the bytes of an array. Items of strings end
// with a terminator, which the last one may lack; SIDs tell their own size.
func nextItem(b []byte, typ uint8) (item, rest []byte, ok bool) {
	if len(b) == 0 {
		return nil, nil, false
	}
	size := 0
	switch typ {
	case typeString:
		for i := 0; i+1 < len(b); i += 2 {
			if b[i] == 0 && b[i+1] == 0 {
				return b[:i], b[i+2:], true
			}
		}
		return b, nil, true
	case typeAnsi:
		for i, ch := range b {
			if ch == 0 {
				return b[:i], b[i+1:], true
			}
		}
		return b, nil, true
	case typeSID:
		if len(b) >= 8 {
			size = 8 + 4*int(b[1])
		}
	case typeInt8, typeUint8:
		size = 1
	case typeInt16, typeUint16:
		size = 2
	case typeInt32, typeUint32, typeReal32, typeBool, typeHex32:
		size = 4
	case typeInt64, typeUint64, typeReal64, typeFiletime, typeHex64, typeSize:
		size = 8
	case typeGUID, typeSystemtime:
		size = 16
	}
	if size == 0 || size > len(b) {
		return b, nil, true
	}
	return b[:size], b[size:], true
}
