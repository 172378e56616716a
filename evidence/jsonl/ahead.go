package jsonl

import (
	"fmt"
	"unicode/utf8"

	"github.com/goshawk-hunt/goshawk/evidence/text"
)

const (
	// aheadBlock is how much text is parsed ahead as one, aheadBlocks how many of these
	// there are: what is being used, what waits and what is being parsed.
	aheadBlock  = 256 << 10
	aheadBlocks = 4
	// aheadFrom is how many blocks of text make parsing ahead worth a goroutine.
	aheadFrom = 4
	// aheadTries is how often it is begun in one text: each thing that it leaves to the
	// ordinary way ends it.
	aheadTries = 16
)

// block is text whose objects were parsed.
type block struct {
	window text.Window // at the first byte behind the objects
	nodes  []node      // of all objects
	pieces []piece
	last   bool // nothing was parsed behind it
	err    error
}

// piece is one object of a block.
type piece struct {
	start, end int // in the window's buffer
	from, to   int // its nodes
	valid      bool
}

// ahead parses the objects of a text one after the other while those before are being
// used. It ends at the first byte that is not an object's or stands between two, which
// is left to the caller.
type ahead struct {
	window text.Window
	tape   tape
	full   chan *block
	spare  chan *block
	stop   chan struct{}
}

// objects takes the objects from the window on in a frame, as long as nothing else
// stands between them, and leaves the window behind them.
func (r *reading) objects(f *frame) (err error) {
	a := &ahead{window: r.Window, full: make(chan *block, aheadBlocks), spare: make(chan *block, aheadBlocks), stop: make(chan struct{})}
	for range aheadBlocks {
		a.spare <- &block{window: text.Window{Buf: make([]byte, 0, r.block)}}
	}
	go a.run()
	defer func() {
		close(a.stop)
		for range a.full { // it reads the source until it has ended
		}
	}()
	own := r.doc.nodes
	defer func() { r.doc.nodes, r.doc.open = own[:0], r.doc.open[:0] }()
	for b := range a.full {
		r.Window = b.window
		if err := r.pieces(b, f); err != nil || b.last {
			return err
		}
		a.spare <- b
	}
	return nil
}

// pieces takes the objects of a block and leaves the window behind them.
func (r *reading) pieces(b *block, f *frame) error {
	if b.err != nil {
		return b.err
	}
	r.level++
	defer func() { r.level-- }()
	for i := range b.pieces {
		p := &b.pieces[i]
		r.At = p.start
		r.doc.src, r.doc.nodes = r.Buf[p.start:p.end], b.nodes[p.from:p.to:p.to]
		if !p.valid {
			if err := r.valid(r.doc.src); err != nil {
				return err
			}
		}
		if err := r.tick(); err != nil {
			return err
		}
		if err := r.dispatch(0, f); err != nil {
			return err
		}
	}
	r.At = b.window.At
	return nil
}

func (a *ahead) run() {
	defer close(a.full)
	for {
		select {
		case <-a.stop:
			return
		case b := <-a.spare:
			a.fill(b)
			a.full <- b // has room for all of them
			if b.last {
				return
			}
		}
	}
}

// fill reads and parses as much as the block's buffer takes.
func (a *ahead) fill(b *block) {
	defer func() {
		if p := recover(); p != nil {
			b.last, b.err = true, fmt.Errorf("BUG: %v", p)
		}
	}()
	w := &a.window
	w.Swap(b.window.Buf[:0])
	b.nodes, b.pieces, b.last = b.nodes[:0], b.pieces[:0], false
	if !w.EOF && len(w.Buf) < cap(w.Buf) {
		b.err = w.Fill()
	}
	for b.err == nil && !b.last {
		w.At = skipBetween(w.Buf, w.At)
		if w.At == len(w.Buf) {
			b.last = w.EOF
			break
		}
		var n int
		var bad *syntaxError
		if w.Buf[w.At] == '{' {
			n, bad = a.tape.parse(w.Rest())
		}
		if n == 0 {
			// A cut object goes on in the next block, unless it had this one for itself.
			b.last = bad != errMore || w.EOF || w.At == 0
			break
		}
		from := len(b.nodes)
		b.nodes = append(b.nodes, a.tape.nodes...)
		b.pieces = append(b.pieces, piece{w.At, w.At + n, from, len(b.nodes), utf8.Valid(w.Buf[w.At : w.At+n])})
		w.At += n
	}
	b.last = b.last || b.err != nil
	b.window = *w
}

// skipBetween is where the blanks, commas and marks between two values end.
func skipBetween(b []byte, i int) int {
	for i < len(b) {
		switch b[i] {
		case ' ', '\t', '\r', '\n', ',', 0x1E, 0:
			i++
		default:
			return i
		}
	}
	return i
}
