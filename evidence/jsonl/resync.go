package jsonl

import (
	"bytes"
	"fmt"
)

// broken tells that the value at the window cannot be read and goes on with what
// may be the next one: what starts a line with a bracket or, inside an array,
// follows another element.
func (r *reading) broken(f *frame, bad *syntaxError) error {
	start := r.Offset()
	reason := "expected a value"
	if bad != nil {
		reason = bad.msg
	}
	if bad == errMore {
		reason = "document ends inside a value"
		if !r.EOF {
			reason = fmt.Sprintf("object of more than %d bytes", r.maxRecord)
		}
	}
	open := byte('{')
	if f != nil && f.envelope == nRows {
		open = '['
	}
	after := 1
	if bad != nil {
		after = max(1, bad.off)
	}
	r.At = min(r.At+1, len(r.Buf))
	for {
		if i := resync(r.Rest(), open, f != nil, after-1); i >= 0 {
			r.At += i
			break
		}
		if r.EOF {
			r.At = len(r.Buf)
			break
		}
		// Keep a little, so that what ends one element is seen with what starts the next.
		keep := min(len(r.Buf)-r.At, 64)
		after = max(1, after-(len(r.Buf)-keep-r.At))
		r.At = len(r.Buf) - keep
		if err := r.Fill(); err != nil {
			return err
		}
		if err := r.ctx.Err(); err != nil {
			return err
		}
	}
	r.damage(start, r.Offset()-start, reason)
	return nil
}

// resync finds where reading may go on: an opening bracket that is the first of
// its line or, if inside, stands between elements behind the byte after.
func resync(b []byte, open byte, inside bool, after int) int {
	for i := 0; ; i++ {
		n := bytes.IndexByte(b[i:], open)
		if n < 0 {
			return -1
		}
		i += n
		j, line := i-1, false
		for j >= 0 && (b[j] == ' ' || b[j] == '\t' || b[j] == '\r' || b[j] == '\n' || b[j] == ',' || b[j] == '[' && open == '{') {
			line = line || b[j] == '\n'
			j--
		}
		if line || inside && i >= after && j >= 0 && j < i-1 && b[j] == open+2 {
			return i
		}
	}
}
