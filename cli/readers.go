package cli

import (
	"runtime"

	"github.com/goshawk-hunt/goshawk/casedir"
	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/csvfile"
	"github.com/goshawk-hunt/goshawk/evidence/eventxml"
	"github.com/goshawk-hunt/goshawk/evidence/evtx"
	"github.com/goshawk-hunt/goshawk/evidence/jobfile"
	"github.com/goshawk-hunt/goshawk/evidence/jsonl"
	"github.com/goshawk-hunt/goshawk/evidence/regf"
	"github.com/goshawk-hunt/goshawk/evidence/taskxml"
)

// maxWorkers is how many chunks of an event log are decoded at once at most: more are
// faster than what is done with the events.
const maxWorkers = 4

// readers are all formats that goshawk reads; the order does not matter, no two
// accept the same file. With recover, event logs are searched for records that are
// not in their place.
func readers(recover bool) []evidence.Reader {
	return []evidence.Reader{
		casedir.ParquetReader{},
		csvfile.Reader{},
		eventxml.Reader{},
		evtx.Reader{Options: evtx.Options{Recover: recover, Workers: min(runtime.GOMAXPROCS(0), maxWorkers)}},
		jobfile.Reader{},
		jsonl.Reader{},
		regf.ExportReader{},
		regf.Reader{},
		taskxml.Reader{},
	}
}
