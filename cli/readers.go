package cli

import (
	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/csvfile"
	"github.com/goshawk-hunt/goshawk/evidence/eventxml"
	"github.com/goshawk-hunt/goshawk/evidence/evtx"
	"github.com/goshawk-hunt/goshawk/evidence/jobfile"
	"github.com/goshawk-hunt/goshawk/evidence/jsonl"
	"github.com/goshawk-hunt/goshawk/evidence/regf"
	"github.com/goshawk-hunt/goshawk/evidence/taskxml"
)

// readers are all formats that goshawk reads; the order does not matter, no two
// accept the same file. With recover, event logs are searched for records that are
// not in their place.
func readers(recover bool) []evidence.Reader {
	return []evidence.Reader{
		csvfile.Reader{},
		eventxml.Reader{},
		evtx.Reader{Options: evtx.Options{Recover: recover}},
		jobfile.Reader{},
		jsonl.Reader{},
		regf.ExportReader{},
		regf.Reader{},
		taskxml.Reader{},
	}
}
