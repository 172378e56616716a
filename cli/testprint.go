package cli

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strings"
	"time"
)

// told writes what is wrong with a test, a line each, for people.
func (r *testResult) told() []string {
	var lines []string
	if r.Error != "" {
		lines = append(lines, strings.Split(r.Error, "\n")...)
	}
	for _, w := range r.Missing {
		lines = append(lines, "missing     "+jsonLine(w))
	}
	for i, row := range r.Unexpected {
		if i == maxNamed {
			lines = append(lines, fmt.Sprintf("and %d more rows that were not expected", len(r.Unexpected)-i))
			break
		}
		lines = append(lines, "unexpected  "+row)
	}
	return lines
}

// jsonLine writes a value as people write JSON, with < and > as they are.
func jsonLine(v any) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic("BUG: " + err.Error())
	}
	return strings.TrimRight(b.String(), "\n")
}

func (s *settings) printTest(r *testResult) {
	if r.OK {
		fmt.Fprintf(s.out, "ok    %s: %d %s\n", printable(r.File), r.Rows, plural(r.Rows, "row", "rows"))
		return
	}
	about, _, _ := strings.Cut(r.About, "\n")
	fmt.Fprintln(s.out, strings.TrimRight(fmt.Sprintf("FAIL  %s: %s", printable(r.File), printable(about)), ": "))
	for _, line := range r.told() {
		fmt.Fprintf(s.out, "        %s\n", printable(line))
	}
}

// junit is the XML that build servers read.
type junit struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Time     float64     `xml:"time,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name      string        `xml:"name,attr"`
	Classname string        `xml:"classname,attr"`
	File      string        `xml:"file,attr"`
	Time      float64       `xml:"time,attr"`
	Failure   *junitFailure `xml:"failure"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// writeTests writes the results for machines.
func (s *settings) writeTests(results []testResult, failed int, took time.Duration) error {
	switch s.format {
	case formatJSON:
		return json.NewEncoder(s.out).Encode(map[string]any{"results": results})
	case formatJUnit:
		suite := junit{Name: "goshawk", Tests: len(results), Failures: failed, Time: seconds(took)}
		for i := range results {
			r := &results[i]
			c := junitCase{Name: r.File, Classname: "goshawk", File: r.File, Time: r.Seconds}
			if told := r.told(); !r.OK && len(told) > 0 {
				c.Failure = &junitFailure{Message: told[0], Text: strings.Join(told, "\n")}
			}
			suite.Cases = append(suite.Cases, c)
		}
		text, err := xml.MarshalIndent(suite, "", "  ")
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(s.out, "%s%s\n", xml.Header, text)
		return err
	}
	return nil
}
