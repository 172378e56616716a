package evtx

import (
	"context"
	"io"

	"github.com/goshawk-hunt/goshawk/evidence"
)

// recoveredPI stands before the element of a record that was not in its place.
const recoveredPI = "<?goshawk recovered?>"

// WriteXML writes every record of in as an Event element on a line of its own,
// as Windows renders it. With Options.Recover, a record that was recovered has the
// processing instruction <?goshawk recovered?> before it. Damages and progress go to sink, records don't. What
// Options.Want says does not count here.
func WriteXML(ctx context.Context, in evidence.Input, o Options, w io.Writer, sink evidence.Sink) error {
	f, err := openFile(in, sink)
	if err != nil || f == nil {
		return err
	}
	c := newChunkReader(o)
	var line []byte
	c.raw = func(pos, size int, recovered bool) (err error) {
		line = line[:0]
		if recovered {
			line = append(line, recoveredPI...)
		}
		head := len(line)
		line, err = c.appendXML(line, pos, size)
		if len(line) > head {
			line = append(line, '\n')
			if _, err := w.Write(line); err != nil {
				return writeError{err}
			}
		}
		return err
	}
	return f.readSequential(ctx, c, sink)
}

// writeError is an error of the output, in contrast to one of the record.
type writeError struct{ error }

func (e writeError) Unwrap() error { return e.error }

// WriteJSON writes every event of in as a JSON object on a line of its own, in
// the shape of evtx_dump: Event, System, EventData or UserData, and attributes
// under "#attributes", and "Recovered":true beside Event of a record that was not
// in its place. Names of nested UserData stay joined with dots, times
// have seven digits. Damages and progress go to sink, records don't.
func WriteJSON(ctx context.Context, in evidence.Input, o Options, w io.Writer, sink evidence.Sink) error {
	return Reader{Options: o}.Read(ctx, in, &jsonSink{Sink: sink, w: w})
}

type jsonSink struct {
	evidence.Sink
	w    io.Writer
	json jsonWriter
	line []byte
}

func (s *jsonSink) Record(r *evidence.Record) error {
	s.line = s.json.append(s.line[:0], &r.Event)
	_, err := s.w.Write(s.line)
	return err
}
