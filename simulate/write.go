package simulate

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/evtx/evtxwrite"
)

// Form is how a fleet is told.
type Form uint8

const (
	// Mixed tells each device by its own telemetry: what a real fleet sends.
	Mixed Form = iota
	// AllDefender tells every device as Defender's streaming export.
	AllDefender
	// AllEVTX tells every device as EVTX files, with Sysmon but on Audit devices.
	AllEVTX
	// AllJSON tells the same events as AllEVTX, as JSON lines of an EVTX dump.
	AllJSON
)

// Names of what Write makes below its folder.
const (
	EvidenceDir    = "evidence"       // what a defender would have: give this to hunt
	ReputationFile = "reputation.csv" // what a reputation service knows of the fleet's programs
	LabelsFile     = "labels.jsonl"   // the truth; never among the evidence
)

// Write tells the fleet as files below dir.
func (f *Fleet) Write(dir string, form Form) error {
	folder := filepath.Join(dir, EvidenceDir)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	defender := func(d *Device) bool { return form == AllDefender || form == Mixed && d.Telemetry == Defender }
	if form == Mixed || form == AllDefender {
		err := create(filepath.Join(folder, "advanced-hunting.jsonl"), func(w io.Writer) error { return f.writeDefender(w, defender) })
		if err != nil {
			return err
		}
	}
	for _, d := range f.Devices {
		if defender(d) {
			continue
		}
		if err := f.writeLogs(filepath.Join(folder, d.Name), d, form); err != nil {
			return err
		}
	}
	if err := create(filepath.Join(dir, ReputationFile), f.writeReputation); err != nil {
		return err
	}
	return create(filepath.Join(dir, LabelsFile), func(w io.Writer) error {
		enc := json.NewEncoder(w)
		for _, l := range f.Labels {
			if err := enc.Encode(l); err != nil {
				return err
			}
		}
		return nil
	})
}

// writeLogs writes one file per channel, named as Windows names them.
func (f *Fleet) writeLogs(dir string, d *Device, form Form) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	logs := f.logs(d)
	for _, channel := range slices.Sorted(maps.Keys(logs)) {
		events := logs[channel]
		slices.SortStableFunc(events, func(a, b evidence.Event) int { return int(min(1, max(-1, a.Time-b.Time))) })
		for i := range events {
			events[i].RecordID = uint64(i + 1)
		}
		name := filepath.Join(dir, strings.ReplaceAll(channel, "/", "%4"))
		var err error
		if form == AllJSON {
			err = create(name+".jsonl", func(w io.Writer) error { return writeDump(w, events) })
		} else {
			err = writeEVTX(name+".evtx", events)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func writeEVTX(path string, events []evidence.Event) (err error) {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() {
		if closeErr := file.Close(); err == nil {
			err = closeErr
		}
	}()
	w, err := evtxwrite.New(file)
	if err != nil {
		return err
	}
	for i := range events {
		if err := w.Write(&events[i]); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return w.Close()
}

// writeDump writes events as the JSON lines of an EVTX dump: {"Event":{"System":..}}.
func writeDump(w io.Writer, events []evidence.Event) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	type object = map[string]any
	for i := range events {
		e := &events[i]
		data := object{}
		for _, f := range e.Data {
			data[f.Name] = jsonValue(f.Value)
		}
		systemPart := object{
			"Provider": object{"#attributes": object{"Name": e.Provider, "Guid": strings.ToUpper(e.ProviderGUID)}},
			"EventID":  e.EventID, "Version": e.Version, "Level": e.Level, "Task": e.Task, "Opcode": e.Opcode, "Keywords": fmt.Sprintf("0x%x", e.Keywords),
			"TimeCreated":   object{"#attributes": object{"SystemTime": evidence.FormatTime(e.Time)}},
			"EventRecordID": e.RecordID, "Execution": object{"#attributes": object{"ProcessID": e.ProcessID, "ThreadID": e.ThreadID}},
			"Channel": e.Channel, "Computer": e.Computer,
		}
		if e.UserID != "" {
			systemPart["Security"] = object{"#attributes": object{"UserID": e.UserID}}
		}
		if err := enc.Encode(object{"Event": object{"System": systemPart, "EventData": data}}); err != nil {
			return err
		}
	}
	return nil
}

func jsonValue(v evidence.Value) any {
	switch v.Kind {
	case evidence.Uint:
		return v.Num
	case evidence.Bool:
		return v.Num != 0
	case evidence.GUID:
		return strings.ToUpper(v.Str)
	}
	return v.Text()
}

// writeReputation writes what a reputation service would answer, with the columns
// of FileProfile.
func (f *Fleet) writeReputation(w io.Writer) error {
	c := csv.NewWriter(w)
	if err := c.Write([]string{"SHA1", "SHA256", "MD5", "FileSize", "GlobalPrevalence", "Signer", "SignatureState", "IsCertificateValid", "IsExecutable"}); err != nil {
		return err
	}
	for _, file := range f.Files {
		state, valid := "SignedValid", "true"
		if file.Signer == "" {
			state, valid = "Unsigned", "false"
		}
		err := c.Write([]string{file.SHA1, file.SHA256, file.MD5, strconv.FormatInt(file.Size, 10), strconv.FormatInt(file.Prevalence, 10), file.Signer, state, valid, "true"})
		if err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

func create(path string, write func(io.Writer) error) (err error) {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() {
		if closeErr := file.Close(); err == nil {
			err = closeErr
		}
	}()
	b := bufio.NewWriterSize(file, 1<<20)
	if err := write(b); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return b.Flush()
}
