package prevalence

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/goshawk-hunt/goshawk/catalog"
	"github.com/goshawk-hunt/goshawk/evidence/ticks"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

// TableName is the table that holds the user's reputation file.
const TableName = "FileReputation"

// stored are the columns of the table: FileProfile's without what is computed.
var stored = columns[:len(columns)-1]

// Table describes the table of the user's reputation file.
func Table() *catalog.Table {
	t := &catalog.Table{Name: TableName, Product: catalog.Goshawk,
		Doc: "What a reputation file of yours says about files, by hash; FileProfile answers from it."}
	for _, c := range stored {
		t.Columns = append(t.Columns, catalog.Column{Column: c})
	}
	return t
}

// synonyms are the names under which reputation files have the columns, in lower case
// and without blanks, dashes and underscores.
var synonyms = map[string]string{
	"sha1": "SHA1", "sha1hash": "SHA1", "sha256": "SHA256", "sha256hash": "SHA256", "md5": "MD5", "md5hash": "MD5",
	"hash": "hash", "filehash": "hash", "filesize": "FileSize", "size": "FileSize",
	"globalprevalence": "GlobalPrevalence", "prevalence": "GlobalPrevalence", "count": "GlobalPrevalence", "machines": "GlobalPrevalence",
	"globalfirstseen": "GlobalFirstSeen", "firstseen": "GlobalFirstSeen", "firstsubmission": "GlobalFirstSeen", "globalfirstobserved": "GlobalFirstSeen",
	"globallastseen": "GlobalLastSeen", "lastseen": "GlobalLastSeen", "globallastobserved": "GlobalLastSeen",
	"signer": "Signer", "subject": "Signer", "issuer": "Issuer", "signerhash": "SignerHash", "thumbprint": "SignerHash",
	"iscertificatevalid": "IsCertificateValid", "isvalidcertificate": "IsCertificateValid", "valid": "IsCertificateValid",
	"isrootsignermicrosoft": "IsRootSignerMicrosoft", "signaturestate": "SignatureState", "isexecutable": "IsExecutable", "ispefile": "IsExecutable",
	"threatname": "ThreatName", "threat": "ThreatName", "determinationvalue": "ThreatName", "publisher": "Publisher", "filepublisher": "Publisher", "company": "Publisher",
	"softwarename": "SoftwareName", "product": "SoftwareName", "fileproductname": "SoftwareName",
}

// Stats counts what became of a reputation file.
type Stats struct {
	Read    int64 // entries taken
	NoHash  int64 // entries without a hash
	Problem int64 // values that were left out because they could not be read
}

// maxEntry bounds one entry of a reputation file.
const maxEntry = 1 << 20

// Read reads a reputation file, CSV with a header, a JSON array of objects or JSON
// lines, and gives out rows of Table. What a file says that is no column is left out.
// The row is only valid during the call.
func Read(r io.Reader, emit func(row []types.Value) error) (Stats, error) {
	br := bufio.NewReaderSize(r, 64<<10)
	if bom, _ := br.Peek(3); string(bom) == "\ufeff" {
		_, _ = br.Discard(3)
	}
	head, err := br.Peek(1)
	for err == nil && (head[0] == ' ' || head[0] == '\n' || head[0] == '\r' || head[0] == '\t') {
		_, _ = br.Discard(1)
		head, err = br.Peek(1)
	}
	if err != nil {
		return Stats{}, errors.New("empty reputation file")
	}
	rd := &reputation{emit: emit, row: make([]types.Value, len(stored))}
	if head[0] == '[' || head[0] == '{' {
		err = rd.json(br)
	} else {
		err = rd.csv(br)
	}
	return rd.stats, err
}

// reputation makes rows.
type reputation struct {
	emit  func([]types.Value) error
	row   []types.Value
	stats Stats
}

func canonical(name string) string {
	return synonyms[strings.NewReplacer(" ", "", "_", "", "-", "").Replace(strings.ToLower(strings.TrimSpace(name)))]
}

func (rd *reputation) csv(r io.Reader) error {
	cr := csv.NewReader(r)
	cr.FieldsPerRecord, cr.LazyQuotes, cr.ReuseRecord = -1, true, true
	header, err := cr.Read()
	if err != nil {
		return fmt.Errorf("the header of the reputation file: %w", err)
	}
	return rd.table(slices.Clone(header), cr.Read)
}

// ReadTable reads a reputation file that another reader has taken apart: the names of
// its columns and its rows as texts, which next gives until io.EOF.
func ReadTable(header []string, next func() ([]string, error), emit func(row []types.Value) error) (Stats, error) {
	rd := &reputation{emit: emit, row: make([]types.Value, len(stored))}
	err := rd.table(header, next)
	return rd.stats, err
}

func (rd *reputation) table(header []string, next func() ([]string, error)) error {
	names := make([]string, len(header))
	hashed := false
	for i, h := range header {
		names[i] = canonical(h)
		switch names[i] {
		case "SHA1", "SHA256", "MD5", "hash":
			hashed = true
		}
	}
	if !hashed {
		return fmt.Errorf("the reputation file has no column of hashes (sha1, sha256, md5 or hash), but %s", strings.Join(header, ", "))
	}
	for {
		record, err := next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		rd.begin()
		for i, v := range record {
			if i < len(names) && names[i] != "" {
				rd.set(names[i], v)
			}
		}
		if err := rd.end(); err != nil {
			return err
		}
	}
}

// json reads one array of objects, or objects one after the other.
func (rd *reputation) json(r *bufio.Reader) error {
	head, _ := r.Peek(1)
	bounded := &entryLimit{r: r, left: maxEntry}
	dec := json.NewDecoder(bounded)
	if len(head) == 1 && head[0] == '[' {
		if _, err := dec.Token(); err != nil {
			return err
		}
	}
	for dec.More() {
		var entry map[string]any
		bounded.left = maxEntry
		if err := dec.Decode(&entry); err != nil {
			return fmt.Errorf("entry %d of the reputation file: %w", rd.stats.Read+rd.stats.NoHash+1, err)
		}
		rd.begin()
		for k, v := range entry {
			if name := canonical(k); name != "" {
				rd.set(name, jsonText(v))
			}
		}
		if err := rd.end(); err != nil {
			return err
		}
	}
	return nil
}

// entryLimit fails when one entry needs more than its bytes.
type entryLimit struct {
	r    io.Reader
	left int
}

func (l *entryLimit) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, fmt.Errorf("larger than %d bytes", maxEntry)
	}
	n, err := l.r.Read(p)
	l.left -= n
	return n, err
}

func jsonText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

func (rd *reputation) begin() {
	for i, c := range stored {
		rd.row[i] = types.Null(c.Type)
	}
}

// set reads one value of an entry.
func (rd *reputation) set(name, text string) {
	text = strings.TrimSpace(text)
	if text == "" {
		return
	}
	if name == "hash" || name == "SHA1" || name == "SHA256" || name == "MD5" {
		hash, column, ok := Hash(text)
		if !ok {
			rd.stats.Problem++
			return
		}
		rd.row[stored.Index(column)] = types.Value{Type: types.String, Str: hash}
		return
	}
	i := stored.Index(name)
	v, ok := parse(stored[i].Type, text)
	if !ok {
		rd.stats.Problem++
		return
	}
	rd.row[i] = v
}

func (rd *reputation) end() error {
	for _, c := range []string{"SHA1", "SHA256", "MD5"} {
		if rd.row[stored.Index(c)].Str != "" {
			rd.stats.Read++
			return rd.emit(rd.row)
		}
	}
	rd.stats.NoHash++
	return nil
}

func parse(t types.Type, text string) (types.Value, bool) {
	v := types.Value{Type: t}
	switch t {
	case types.Long:
		n, err := strconv.ParseInt(strings.ReplaceAll(text, ",", ""), 10, 64)
		if err != nil {
			f, ferr := strconv.ParseFloat(text, 64)
			if ferr != nil || f < 0 || f > 1<<60 {
				return v, false
			}
			n = int64(f)
		}
		v.Int = n
		return v, n >= 0
	case types.DateTime:
		at, ok := ticks.Parse(text)
		v.Int = at.Ticks
		return v, ok
	case types.Bool:
		switch strings.ToLower(text) {
		case "true", "1", "yes":
			v.Int = 1
		case "false", "0", "no":
		default:
			return v, false
		}
		return v, true
	}
	v.Str = text
	return v, true
}
