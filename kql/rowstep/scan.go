package rowstep

import (
	"fmt"
	"slices"

	"github.com/goshawk-hunt/goshawk/kql/plan"
	"github.com/goshawk-hunt/goshawk/kql/sqlgen"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// scan matches the rows, in their order, against the steps of a sequence.
//
// Source: https://learn.microsoft.com/kusto/query/scan-operator
func scan(_ []sqlgen.Operand, spec any, in, out types.Schema) (sqlgen.RowFunc, error) {
	s, ok := spec.(*plan.ScanSpec)
	if !ok {
		return nil, fmt.Errorf("the binder prepared no steps")
	}
	m, err := newScanner(s, in, out)
	if err != nil {
		return nil, err
	}
	return func(rows, _ sqlgen.Rows, emit func([]types.Value) error) error {
		return m.run(rows, emit)
	}, nil
}

// scanner is a compiled scan. It keeps no state between runs.
type scanner struct {
	steps     []scanStep
	columns   types.Schema // of a record: the input's, then the declared ones
	width     int          // of the input
	defaults  []evaluate
	partition []evaluate
	output    []int // where each output column stands in a record, or one of the next
}

// Output columns that are no part of a record.
const (
	matchColumn = -1 - iota
	stepColumn
)

type scanStep struct {
	name      string
	optional  bool
	output    string
	condition evaluate
	assign    []evaluate
	targets   []int // of assign, in a record
}

func newScanner(s *plan.ScanSpec, in, out types.Schema) (*scanner, error) {
	m := &scanner{columns: slices.Clone(in), width: len(in)}
	for _, d := range s.Declared {
		m.columns = append(m.columns, d.Column)
	}
	c := &compiler{columns: m.columns}
	compile := func(x plan.Expr) evaluate {
		e, err := c.compile(x)
		if err != nil {
			panic(compileError{err})
		}
		return e
	}
	err := guard(func() {
		for _, d := range s.Declared {
			if d.Default == nil {
				null := types.Null(d.Type)
				m.defaults = append(m.defaults, func(*frame) types.Value { return null })
				continue
			}
			m.defaults = append(m.defaults, compile(d.Default))
		}
		for _, p := range s.Partition {
			m.partition = append(m.partition, compile(p))
		}
		for _, st := range s.Steps {
			step := scanStep{name: st.Name, optional: st.Optional, output: st.Output, condition: compile(st.Condition)}
			for _, a := range st.Assign {
				step.assign = append(step.assign, compile(a.X))
				step.targets = append(step.targets, m.width+a.Column)
			}
			m.steps = append(m.steps, step)
		}
	})
	for _, col := range out {
		switch i := m.columns.Index(col.Name); {
		case col.Name == s.MatchID && s.MatchID != "":
			m.output = append(m.output, matchColumn)
		case col.Name == s.StepName && s.StepName != "":
			m.output = append(m.output, stepColumn)
		case i >= 0:
			m.output = append(m.output, i)
		default:
			return nil, fmt.Errorf("no column %s", col.Name)
		}
	}
	return m, err
}

// compileError carries an error out of nested compilation.
type compileError struct{ error }

// guard turns a compileError into an error.
func guard(f func()) (err error) {
	defer func() {
		if p := recover(); p != nil {
			e, ok := p.(compileError)
			if !ok {
				panic(p)
			}
			err = e.error
		}
	}()
	f()
	return nil
}

// matched is what a step remembers: for itself and each step before it the record
// matched last, nil if none.
type matched struct {
	records [][]types.Value
	id      int64
	last    []types.Value // the output row held back by output=last
}

// scanRun is the state of one partition.
type scanRun struct {
	*scanner
	states []*matched
	nextID int64
	emit   func([]types.Value) error
}

func (m *scanner) run(rows sqlgen.Rows, emit func([]types.Value) error) error {
	r := &scanRun{scanner: m, states: make([]*matched, len(m.steps)), emit: emit}
	var key []types.Value
	err := each(rows, func(row []types.Value) error {
		record := make([]types.Value, len(m.columns))
		copy(record, row[:m.width])
		f := &frame{row: record, state: func(int, string) types.Value { return types.Value{Null: true} }}
		for i, d := range m.defaults {
			record[m.width+i] = d(f)
		}
		if len(m.partition) > 0 {
			now := make([]types.Value, len(m.partition))
			for i, p := range m.partition {
				now[i] = p(f)
			}
			if key != nil && !slices.Equal(key, now) {
				if err := r.flush(); err != nil {
					return err
				}
				r.states = make([]*matched, len(m.steps))
			}
			key = now
		}
		return r.record(record)
	})
	if err != nil {
		return err
	}
	return r.flush()
}

// record considers one record against every step, the last first.
func (r *scanRun) record(record []types.Value) error {
	for k := len(r.steps) - 1; k >= 0; k-- {
		if prev := r.previous(k); prev >= 0 {
			if done, err := r.promote(prev, k, record); done || err != nil {
				if err != nil {
					return err
				}
				continue
			}
		}
		if r.states[k] != nil || k == r.first() || r.optionalStart(k) {
			if err := r.extend(k, record); err != nil {
				return err
			}
		}
	}
	return nil
}

// first is the first step.
func (r *scanRun) first() int { return 0 }

// optionalStart reports whether a sequence may begin at step k, because all steps
// before it are optional.
func (r *scanRun) optionalStart(k int) bool {
	for i := 0; i < k; i++ {
		if !r.steps[i].optional {
			return false
		}
	}
	return true
}

// previous returns the nearest step before k from which a sequence may go on to k,
// or -1.
func (r *scanRun) previous(k int) int {
	for p := k - 1; p >= 0; p-- {
		if r.states[p] != nil {
			return p
		}
		if !r.steps[p].optional {
			return -1
		}
	}
	return -1
}

// promote lets the sequence at step prev go on to step k with the record.
func (r *scanRun) promote(prev, k int, record []types.Value) (bool, error) {
	from := r.states[prev]
	if !r.holds(k, from, record) {
		return false, nil
	}
	if err := r.release(k); err != nil {
		return false, err
	}
	to := &matched{records: make([][]types.Value, len(r.steps)), id: from.id, last: nil}
	copy(to.records, from.records)
	for i := k; i < len(r.steps); i++ {
		to.records[i] = nil
	}
	if err := r.release(prev); err != nil {
		return false, err
	}
	r.states[prev] = nil
	r.states[k] = to
	return true, r.keep(k, to, record)
}

// extend matches the record as one more of step k.
func (r *scanRun) extend(k int, record []types.Value) error {
	state := r.states[k]
	if state == nil {
		state = &matched{records: make([][]types.Value, len(r.steps)), id: r.nextID}
	}
	if !r.holds(k, state, record) {
		return nil
	}
	if r.states[k] == nil { // a sequence begins
		r.states[k] = state
		r.nextID++
	}
	return r.keep(k, state, record)
}

// holds evaluates the condition of step k.
func (r *scanRun) holds(k int, s *matched, record []types.Value) bool {
	v := r.steps[k].condition(r.frame(s, record))
	return !v.Null && v.Int != 0
}

func (r *scanRun) frame(s *matched, record []types.Value) *frame {
	return &frame{row: record, state: func(step int, name string) types.Value {
		i := r.columns.Index(name)
		if i < 0 {
			return types.Value{Null: true}
		}
		if rec := s.records[step]; rec != nil {
			return rec[i]
		}
		if i >= r.width {
			return r.defaults[i-r.width](&frame{row: record})
		}
		return types.Null(r.columns[i].Type)
	}}
}

// keep computes the assignments, remembers the record and puts it out.
func (r *scanRun) keep(k int, s *matched, record []types.Value) error {
	own := slices.Clone(record)
	f := r.frame(s, own)
	step := &r.steps[k]
	for i, a := range step.assign {
		own[step.targets[i]] = convert(a(f), r.columns[step.targets[i]].Type)
	}
	s.records[k] = own
	switch step.output {
	case "none":
		return nil
	case "last":
		s.last = r.outputRow(k, s, own)
		return nil
	}
	return r.emit(r.outputRow(k, s, own))
}

func (r *scanRun) outputRow(k int, s *matched, record []types.Value) []types.Value {
	row := make([]types.Value, len(r.output))
	for i, o := range r.output {
		switch o {
		case matchColumn:
			row[i] = types.Value{Type: types.Long, Int: s.id}
		case stepColumn:
			row[i] = types.Value{Type: types.String, Str: r.steps[k].name}
		default:
			row[i] = record[o]
		}
	}
	return row
}

// release puts out what output=last has held back at step k.
func (r *scanRun) release(k int) error {
	s := r.states[k]
	if s == nil || s.last == nil {
		return nil
	}
	row := s.last
	s.last = nil
	return r.emit(row)
}

func (r *scanRun) flush() error {
	for k := range r.states {
		if err := r.release(k); err != nil {
			return err
		}
	}
	return nil
}
