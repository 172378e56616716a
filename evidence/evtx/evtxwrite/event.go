package evtxwrite

import (
	"crypto/md5"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence"
)

// Tokens and value types of binary XML, MS-EVEN6 section 2.2.12.
const (
	tokenElement      = 0x01
	tokenCloseStart   = 0x02
	tokenCloseEmpty   = 0x03
	tokenEnd          = 0x04
	tokenText         = 0x05
	tokenAttribute    = 0x06
	tokenInstance     = 0x0c
	tokenSubstitution = 0x0d
	tokenOptional     = 0x0e
	tokenMore         = 0x40

	typeNull     = 0x00
	typeString   = 0x01
	typeUint8    = 0x04
	typeUint16   = 0x06
	typeInt32    = 0x07
	typeUint32   = 0x08
	typeInt64    = 0x09
	typeUint64   = 0x0a
	typeReal64   = 0x0c
	typeBool     = 0x0d
	typeBinary   = 0x0e
	typeGUID     = 0x0f
	typeFiletime = 0x11
	typeSID      = 0x13
	typeHex32    = 0x14
	typeHex64    = 0x15
	typeBinXML   = 0x21
)

const (
	fragmentHeader = 0x0001010f
	eventNamespace = "http://schemas.microsoft.com/win/2004/08/events/event"
)

// systemValues is the number of values of the System section's template, the
// event's data being the last one. A message follows where there is one.
const systemValues = 18

// event writes the binary XML of an event.
func (c *chunk) event(e *evidence.Event, id uint64) error {
	c.u32(fragmentHeader)
	c.key = append(append(c.key[:0], "event\x00"...), e.Computer...)
	if e.Message != "" {
		c.key = append(c.key, 0, 'm')
	}
	c.template(func() { c.eventTemplate(e) })

	n := systemValues
	if e.Message != "" {
		n++
	}
	d := c.values(n)
	c.fixed(&d, typeUint8, uint64(e.Level), 1)
	c.fixed(&d, typeUint8, uint64(e.Opcode), 1)
	c.fixed(&d, typeUint16, uint64(e.Task), 2)
	if e.EventID > math.MaxUint16 {
		c.fixed(&d, typeUint32, uint64(e.EventID), 4)
	} else {
		c.fixed(&d, typeUint16, uint64(e.EventID), 2)
	}
	if e.Qualifiers != 0 {
		c.fixed(&d, typeUint16, uint64(e.Qualifiers), 2)
	} else {
		d.add(c, typeNull)
	}
	c.fixed(&d, typeHex64, e.Keywords, 8)
	if e.Time != 0 {
		c.fixed(&d, typeFiletime, filetime(e.Time), 8)
	} else {
		d.add(c, typeNull)
	}
	if err := c.guidOrNull(&d, e.ActivityID); err != nil {
		return err
	}
	c.fixed(&d, typeUint32, uint64(e.ProcessID), 4)
	c.fixed(&d, typeUint32, uint64(e.ThreadID), 4)
	c.fixed(&d, typeUint64, id, 8)
	c.fixed(&d, typeUint8, uint64(e.Version), 1)
	if e.UserID == "" {
		d.add(c, typeNull)
	} else if err := c.sid(e.UserID); err != nil {
		return err
	} else {
		d.add(c, typeSID)
	}
	d.add(c, typeNull) // related activity
	c.text(&d, e.Provider)
	if err := c.guidOrNull(&d, e.ProviderGUID); err != nil {
		return err
	}
	c.text(&d, e.Channel)
	if err := c.data(&d, e); err != nil {
		return err
	}
	if e.Message != "" {
		c.text(&d, e.Message)
	}
	c.u8(0)
	return nil
}

// data writes the event's data as the value that it is of the event's template.
func (c *chunk) data(outer *descriptors, e *evidence.Event) error {
	if len(e.Data) == 0 && e.DataName == "" && !e.UserData {
		outer.add(c, typeNull)
		return nil
	}
	c.u32(fragmentHeader)
	c.key = append(append(c.key[:0], "data\x00"...), e.DataName...)
	if e.UserData {
		c.key = append(c.key, 0, 'u')
	}
	for i := range e.Data {
		c.key = append(append(c.key, 0), e.Data[i].Name...)
		c.key = append(c.key, 0, byte(e.Data[i].Value.Kind))
	}
	c.template(func() { c.dataTemplate(e) })
	d := c.values(len(e.Data))
	for i := range e.Data {
		if err := c.value(&d, e.Data[i].Value); err != nil {
			return fmt.Errorf("field %q: %w", e.Data[i].Name, err)
		}
	}
	c.u8(0)
	outer.add(c, typeBinXML)
	return nil
}

// template writes a template instance up to its values: a reference to the
// definition with the key in c.key, which define writes if the chunk has none.
func (c *chunk) template(define func()) {
	c.u8(tokenInstance)
	c.u8(1)
	guid := md5.Sum(c.key)
	id := binary.LittleEndian.Uint32(guid[:])
	c.u32(id)
	if at, ok := c.templates[string(c.key)]; ok {
		c.u32(at)
		return
	}
	key := string(c.key)
	at := len(c.buf) + 4
	c.u32(uint32(at))
	c.u32(0)
	c.bytes(guid[:])
	c.u32(0)
	from := len(c.buf)
	c.u32(fragmentHeader)
	define()
	c.u8(0)
	if c.full {
		return
	}
	c.patch32(from-4, uint32(len(c.buf)-from))
	c.patch32(at, c.link(templateTable+4*int(id%templateSlots), uint32(at)))
	c.templates[key] = uint32(at)
}

// descriptors are the sizes and types of the values of an instance, which come
// before the values.
type descriptors struct {
	next int // the descriptor to fill in
	from int // where its value begins
}

// values writes room for n descriptors.
func (c *chunk) values(n int) descriptors {
	c.u32(uint32(n))
	at := len(c.buf)
	for range n {
		c.u32(0)
	}
	return descriptors{next: at, from: len(c.buf)}
}

// add describes the value that was written last.
func (d *descriptors) add(c *chunk, typ byte) {
	size := len(c.buf) - d.from
	if size > math.MaxUint16 {
		c.full = true
	}
	c.patch32(d.next, uint32(size)|uint32(typ)<<16)
	d.next += 4
	d.from = len(c.buf)
}

func (c *chunk) fixed(d *descriptors, typ byte, v uint64, size int) {
	if c.room(8) {
		c.buf = binary.LittleEndian.AppendUint64(c.buf, v)
		clear(c.buf[len(c.buf)-8+size:])
		c.buf = c.buf[:len(c.buf)-8+size]
	}
	d.add(c, typ)
}

func (c *chunk) text(d *descriptors, s string) {
	c.utf16(s)
	d.add(c, typeString)
}

func (c *chunk) guidOrNull(d *descriptors, s string) error {
	if s == "" {
		d.add(c, typeNull)
		return nil
	}
	if err := c.guid(s); err != nil {
		return err
	}
	d.add(c, typeGUID)
	return nil
}

// value writes a value in the smallest type of its kind.
func (c *chunk) value(d *descriptors, v evidence.Value) error {
	switch v.Kind {
	case evidence.Null:
		d.add(c, typeNull)
	case evidence.Int:
		if n := int64(v.Num); n == int64(int32(n)) {
			c.fixed(d, typeInt32, v.Num, 4)
		} else {
			c.fixed(d, typeInt64, v.Num, 8)
		}
	case evidence.Uint:
		if v.Num <= math.MaxUint32 {
			c.fixed(d, typeUint32, v.Num, 4)
		} else {
			c.fixed(d, typeUint64, v.Num, 8)
		}
	case evidence.Hex:
		if v.Num <= math.MaxUint32 {
			c.fixed(d, typeHex32, v.Num, 4)
		} else {
			c.fixed(d, typeHex64, v.Num, 8)
		}
	case evidence.Real:
		c.fixed(d, typeReal64, v.Num, 8)
	case evidence.Bool:
		c.fixed(d, typeBool, v.Num, 4)
	case evidence.Time:
		c.fixed(d, typeFiletime, filetime(int64(v.Num)), 8)
	case evidence.GUID:
		if err := c.guid(v.Str); err != nil {
			return err
		}
		d.add(c, typeGUID)
	case evidence.SID:
		if err := c.sid(v.Str); err != nil {
			return err
		}
		d.add(c, typeSID)
	case evidence.Binary:
		c.bytes([]byte(v.Str))
		d.add(c, typeBinary)
	default:
		c.text(d, v.Str)
	}
	return nil
}

// filetime gives the FILETIME of ticks; times before 1601 have none.
func filetime(ticks int64) uint64 { return uint64(max(ticks-evidence.FiletimeEpoch, 0)) }

func (c *chunk) guid(s string) error {
	var b [16]byte
	digits := strings.ReplaceAll(s, "-", "")
	if n, err := hex.Decode(b[:], []byte(digits[:min(len(digits), 32)])); err != nil || n != 16 || len(s) != 36 {
		return fmt.Errorf("%q is no GUID", s)
	}
	b[0], b[1], b[2], b[3] = b[3], b[2], b[1], b[0]
	b[4], b[5] = b[5], b[4]
	b[6], b[7] = b[7], b[6]
	c.bytes(b[:])
	return nil
}

func (c *chunk) sid(s string) error {
	parts := strings.Split(s, "-")
	if len(parts) < 3 || len(parts) > 18 || parts[0] != "S" {
		return fmt.Errorf("%q is no SID", s)
	}
	revision, err1 := strconv.ParseUint(parts[1], 10, 8)
	authority, err2 := strconv.ParseUint(parts[2], 10, 48)
	if err1 != nil || err2 != nil {
		return fmt.Errorf("%q is no SID", s)
	}
	c.u8(byte(revision))
	c.u8(byte(len(parts) - 3))
	for shift := 40; shift >= 0; shift -= 8 {
		c.u8(byte(authority >> shift))
	}
	for _, part := range parts[3:] {
		n, err := strconv.ParseUint(part, 10, 32)
		if err != nil {
			return fmt.Errorf("%q is no SID", s)
		}
		c.u32(uint32(n))
	}
	return nil
}
