package archive

import (
	"context"
	"fmt"
	"io"
)

// budget is what one file on disk may still expand to.
type budget struct {
	ctx      context.Context
	limits   Limits
	disk     int64 // size of the file on disk
	given    int64 // how much of disk is accounted for
	expanded int64
	members  int
	spent    error // the limit that was reached, if any
}

// limitError says which limit ended an expansion.
type limitError struct{ msg string }

func (e limitError) Error() string { return e.msg }

// member counts one more member of any container.
func (b *budget) member() error {
	if b.members++; b.members > b.limits.Members {
		b.spent = limitError{fmt.Sprintf("more than %d members", b.limits.Members)}
	}
	return b.spent
}

// reader bounds what is expanded through r.
func (b *budget) reader(r io.Reader) io.Reader { return &boundedReader{b: b, r: r} }

type boundedReader struct {
	b *budget
	r io.Reader
	n int64
}

func (r *boundedReader) Read(p []byte) (int, error) {
	b := r.b
	if err := b.ctx.Err(); err != nil {
		return 0, err
	}
	if b.spent != nil {
		return 0, b.spent
	}
	n, err := r.r.Read(p)
	r.n += int64(n)
	b.expanded += int64(n)
	switch l := b.limits; {
	case b.expanded > l.Expanded:
		b.spent = limitError{fmt.Sprintf("expands to more than %d bytes", l.Expanded)}
	case b.expanded > l.ratioFrom && b.expanded/l.Ratio > b.disk:
		b.spent = limitError{fmt.Sprintf("expands to more than %d times its %d bytes", l.Ratio, b.disk)}
	case r.n > l.Member:
		return n, limitError{fmt.Sprintf("member of more than %d bytes", l.Member)}
	}
	if b.spent != nil {
		return n, b.spent
	}
	return n, err
}

// share estimates how many bytes on disk were used up since it was last asked.
type share func() int64

// fixed accounts for n bytes once.
func fixed(n int64) share {
	return func() int64 {
		v := n
		n = 0
		return v
	}
}

// metered accounts for total bytes as far as the size bytes behind c are read.
func metered(total, size int64, c *counter) share {
	var given int64
	return func() int64 {
		v := max(0, portion(total, c.n, size)-given)
		given += v
		return v
	}
}

// portion is total*part/whole without overflow, at most total.
func portion(total, part, whole int64) int64 {
	if part >= whole || whole <= 0 {
		return total
	}
	return int64(float64(total) * (float64(part) / float64(whole)))
}

type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}
