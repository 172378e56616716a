package casedir

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/goshawk-hunt/goshawk/evidence"
	"github.com/goshawk-hunt/goshawk/evidence/archive"
)

// Info is what a case says of itself. Times are text of UTC, "" if unknown.
type Info struct {
	Dir        string           `json:"dir"`
	Bytes      int64            `json:"bytes"` // of the case's file and its log
	Rows       int64            `json:"rows"`
	Tables     map[string]int64 `json:"tables"` // that have rows
	First      string           `json:"firstEvent,omitempty"`
	Last       string           `json:"lastEvent,omitempty"`
	Unfinished bool             `json:"unfinished"` // an ingestion was interrupted
	Records    int64            `json:"records"`
	Stored     int64            `json:"stored"`
	SetAside   int64            `json:"setAside"`
	Copies     int64            `json:"copies"` // records removed because another source had them
	Sources    []SourceInfo     `json:"sources"`
	AlsoRead   []FileInfo       `json:"alsoRead,omitempty"` // archives whose members were read, logs of registry hives
	NotRead    []FileInfo       `json:"notRead,omitempty"`
	Logs       []LogInfo        `json:"logs,omitempty"`
	// Wrong is what Check found; empty when the account comes out even.
	Wrong []string `json:"wrong,omitempty"`
}

// SourceInfo is one source with its account.
type SourceInfo struct {
	Source
	FirstEvent string            `json:"firstEvent,omitempty"`
	LastEvent  string            `json:"lastEvent,omitempty"`
	Tables     map[string]int64  `json:"tables,omitempty"`
	SetAside   map[string]int64  `json:"setAside,omitempty"`
	Problems   map[string]int64  `json:"problems,omitempty"`
	Unplaced   map[string]int64  `json:"unplaced,omitempty"` // values of fields that no table has a column for
	Damaged    []evidence.Damage `json:"damagesAt,omitempty"`
	Notes      []evidence.Damage `json:"notes,omitempty"`
	Copies     int64             `json:"copies,omitempty"`
	Logs       []Log             `json:"logs,omitempty"`
}

// FileInfo is a file that was given and is no source itself.
type FileInfo struct {
	Path    string `json:"path"`
	SHA256  string `json:"sha256,omitempty"`
	Size    int64  `json:"size"`
	Outcome string `json:"outcome"`
	Reason  string `json:"reason,omitempty"`
}

// LogInfo is one Windows event log as all sources together have it.
type LogInfo struct {
	Log
	Gaps int64 `json:"gaps"` // places where numbers are missing
	// The longest time without a record.
	SilenceFrom string `json:"silenceFrom,omitempty"`
	SilenceTo   string `json:"silenceTo,omitempty"`
	Silence     int64  `json:"silenceTicks"`
}

// Info reads the case's account and checks it.
func (c *Case) Info(ctx context.Context) (*Info, error) {
	i := &Info{Dir: c.Dir, Unfinished: c.unfinished, Tables: map[string]int64{}}
	for _, name := range []string{FileName, FileName + ".wal"} {
		if st, err := os.Stat(filepath.Join(c.Dir, name)); err == nil {
			i.Bytes += st.Size()
		}
	}
	for _, part := range []func(context.Context, *Info) error{c.tablesInfo, c.sourcesInfo, c.filesInfo, c.logsInfo} {
		if err := part(ctx, i); err != nil {
			return nil, err
		}
	}
	var err error
	i.Wrong, err = c.Check(ctx)
	return i, err
}

func (c *Case) tablesInfo(ctx context.Context, i *Info) error {
	expected, err := c.expected(ctx)
	if err != nil {
		return err
	}
	names := make([]string, 0, len(expected))
	for name := range expected {
		names = append(names, name)
	}
	if i.Tables, err = c.counted(ctx, names); err != nil {
		return err
	}
	for name, n := range i.Tables {
		if i.Rows += n; n == 0 {
			delete(i.Tables, name)
		}
	}
	return nil
}

func (c *Case) sourcesInfo(ctx context.Context, i *Info) error {
	sources, err := c.Sources(ctx)
	if err != nil {
		return err
	}
	at := make(map[int64]*SourceInfo, len(sources))
	i.Sources = make([]SourceInfo, len(sources))
	var first, last int64
	for k, s := range sources {
		i.Sources[k] = SourceInfo{Source: s, FirstEvent: timeText(s.First), LastEvent: timeText(s.Last)}
		at[s.ID] = &i.Sources[k]
		i.Records += s.Records
		i.Stored += s.Stored
		if s.First != 0 && (first == 0 || s.First < first) {
			first = s.First
		}
		last = max(last, s.Last)
	}
	i.First, i.Last, i.SetAside = timeText(first), timeText(last), i.Records-i.Stored
	counts := []struct {
		sql  string
		take func(s *SourceInfo, name string, n int64)
	}{
		{`SELECT source, name, rows FROM goshawk_rows`, func(s *SourceInfo, name string, n int64) { put(&s.Tables, name, n) }},
		{`SELECT source, reason, records FROM goshawk_set_aside`, func(s *SourceInfo, name string, n int64) { put(&s.SetAside, name, n) }},
		{`SELECT source, reason, number FROM goshawk_problems`, func(s *SourceInfo, name string, n int64) { put(&s.Problems, name, n) }},
		{`SELECT source, field, number FROM goshawk_unplaced`, func(s *SourceInfo, name string, n int64) { put(&s.Unplaced, name, n) }},
		{`SELECT source, '', records FROM goshawk_copies`, func(s *SourceInfo, _ string, n int64) { s.Copies += n; i.Copies += n }},
	}
	for _, q := range counts {
		rows, err := c.sql(ctx, q.sql, columns("source name:string n"))
		if err != nil {
			return err
		}
		for _, r := range rows {
			if s := at[r[0].Int]; s != nil {
				q.take(s, r[1].Str, r[2].Int)
			}
		}
	}
	return c.sourceDetails(ctx, at)
}

func (c *Case) sourceDetails(ctx context.Context, at map[int64]*SourceInfo) error {
	rows, err := c.sql(ctx, `SELECT source, path, place, length, reason FROM goshawk_damages ORDER BY rowid`, columns("source path:string place length reason:string"))
	if err != nil {
		return err
	}
	for _, r := range rows {
		if s := at[r[0].Int]; s != nil {
			s.Damaged = append(s.Damaged, evidence.Damage{Path: r[1].Str, Offset: r[2].Int, Length: r[3].Int, Reason: r[4].Str})
		}
	}
	rows, err = c.sql(ctx, `SELECT source, path, place, reason FROM goshawk_notes ORDER BY rowid`, columns("source path:string place reason:string"))
	if err != nil {
		return err
	}
	for _, r := range rows {
		if s := at[r[0].Int]; s != nil {
			s.Notes = append(s.Notes, evidence.Damage{Path: r[1].Str, Offset: r[2].Int, Reason: r[3].Str, Note: true})
		}
	}
	rows, err = c.sql(ctx, `SELECT source, computer, channel, records, first_number, last_number, missing FROM goshawk_logs ORDER BY rowid`,
		columns("source computer:string channel:string records first last missing"))
	if err != nil {
		return err
	}
	for _, r := range rows {
		if s := at[r[0].Int]; s != nil {
			s.Logs = append(s.Logs, Log{r[1].Str, r[2].Str, r[3].Int, r[4].Int, r[5].Int, r[6].Int})
		}
	}
	return nil
}

func put(m *map[string]int64, name string, n int64) {
	if *m == nil {
		*m = map[string]int64{}
	}
	(*m)[name] += n
}

func (c *Case) filesInfo(ctx context.Context, i *Info) error {
	rows, err := c.sql(ctx, `SELECT path, sha256, size, outcome, reason FROM goshawk_files f
WHERE NOT EXISTS (FROM goshawk_sources s WHERE s.path = f.path AND s.sha256 = f.sha256) ORDER BY rowid`,
		columns("path:string sha256:string size outcome:string reason:string"))
	for _, r := range rows {
		f := FileInfo{r[0].Str, r[1].Str, r[2].Int, r[3].Str, r[4].Str}
		switch {
		case f.Outcome != archive.Read.String() && f.Outcome != outcomeNote:
			i.NotRead = append(i.NotRead, f)
		case f.SHA256 != "":
			i.AlsoRead = append(i.AlsoRead, f)
		}
	}
	return err
}

// Hollow lists the given files of a folder of tasks that hold nothing: no bytes, or zeros.
func (c *Case) Hollow(ctx context.Context) ([]FileInfo, error) {
	rows, err := c.sql(ctx, fmt.Sprintf(`SELECT path, size, outcome, reason FROM goshawk_files
WHERE (outcome = '%s' OR starts_with(reason, 'nothing but zeros')) AND regexp_matches(path, '(?i)(^|[/\\]|%%5c)(system32|syswow64)([/\\]|%%5c)tasks([/\\]|%%5c)') GROUP BY ALL ORDER BY path LIMIT 1000`, archive.Empty),
		columns("path:string size outcome:string reason:string"))
	var list []FileInfo
	for _, r := range rows {
		list = append(list, FileInfo{Path: r[0].Str, Size: r[1].Int, Outcome: r[2].Str, Reason: r[3].Str})
	}
	return list, err
}

// logsSQL follows the numbers of each log over all sources, and its times, of the events %s.
const logsSQL = `
WITH event AS (
  SELECT lower(Computer) AS computer, lower(Channel) AS channel, Channel AS spelled, TRY_CAST(EventRecordId AS BIGINT) AS n, TimeGenerated AS t FROM %s
  WHERE EventOriginId <> 'recovered'),
numbered AS (
  SELECT computer, channel, spelled, n, n - lag(n) OVER (PARTITION BY computer, channel ORDER BY n) AS step FROM event WHERE n > 0),
timed AS (
  SELECT computer, channel, t, lag(t) OVER (PARTITION BY computer, channel ORDER BY t) AS before FROM event WHERE t IS NOT NULL AND n > 0),
silence AS (
  SELECT computer, channel, arg_max(before, t - before) AS since, arg_max(t, t - before) AS until FROM timed WHERE before IS NOT NULL GROUP BY ALL)
SELECT computer, min(spelled), count(*), min(n), max(n), CAST(coalesce(sum(step - 1) FILTER (step > 1), 0) AS BIGINT), count(*) FILTER (step > 1),
  coalesce(any_value(since), 0), coalesce(any_value(until), 0)
FROM numbered LEFT JOIN silence USING (computer, channel) GROUP BY computer, channel ORDER BY 1, 2`

func (c *Case) logsInfo(ctx context.Context, i *Info) error {
	events := c.dialect.From("WindowsEvent", []string{"Computer", "Channel", "EventRecordId", "TimeGenerated", "EventOriginId"})
	rows, err := c.sql(ctx, fmt.Sprintf(logsSQL, events), columns("computer:string channel:string records first last missing gaps since until"))
	for _, r := range rows {
		i.Logs = append(i.Logs, LogInfo{Log: Log{r[0].Str, r[1].Str, r[2].Int, r[3].Int, r[4].Int, r[5].Int}, Gaps: r[6].Int,
			SilenceFrom: timeText(r[7].Int), SilenceTo: timeText(r[8].Int), Silence: r[8].Int - r[7].Int})
	}
	return err
}

// timeText is a time of the account, "" if there is none.
func timeText(ticks int64) string {
	if ticks == 0 {
		return ""
	}
	return evidence.FormatTime(ticks)
}
