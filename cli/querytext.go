package cli

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/goshawk-hunt/goshawk/hunt/rulefile"
	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/source"
)

// queryText finds the query: argument, --file or standard input.
func (s *settings) queryText(args []string) (name, text string, err error) {
	switch {
	case s.query.file != "" && len(args) > 0:
		return "", "", &usageError{"a query as argument and --file at once", "give one of them"}
	case s.query.file != "":
		b, err := os.ReadFile(s.query.file)
		if err != nil {
			return "", "", flagError("--file", s.query.file, err)
		}
		return s.within(s.query.file, string(b))
	case len(args) == 1 && args[0] == stdin:
		b, err := io.ReadAll(io.LimitReader(s.in, 64<<20))
		if err != nil {
			return "", "", err
		}
		return s.within(stdin, string(b))
	case len(args) == 1:
		return "query", args[0], nil
	case len(args) > 1:
		return "", "", &usageError{"more than one query", "put the query in one pair of quotes"}
	}
	return "", "", &usageError{"no query", `goshawk query 'print 1', or --file F, or - for standard input`}
}

// within finds the query in a file that holds rules or pages and is no KQL itself; what
// is KQL stays as it is, with its mistakes.
func (s *settings) within(name, text string) (string, string, error) {
	if _, said := syntax.Parse(source.NewFile(name, text)); len(said) == 0 || rulefile.Detect(text) == rulefile.KQL {
		return name, text, nil
	}
	f := source.NewFile(name, text)
	rules, said := rulefile.Read(f, rulefile.Options{Repair: s.repair})
	if len(rules) == 0 {
		if d := (&source.Diagnostics{File: f, List: said}); !noQuery(d) {
			return name, text, d.Err()
		}
		return name, text, nil
	}
	var list []string
	for i, r := range rules {
		number, line := strconv.Itoa(i+1), f.Position(max(0, r.QueryAt.Start)).Line
		if len(rules) == 1 || s.query.pick != "" && (s.query.pick == number || s.query.pick == r.ID || s.query.pick == r.Name) {
			fmt.Fprintf(s.err, "the query of line %d: %s\n", line, printable(r.Name))
			return fmt.Sprintf("%s, query of line %d", name, line), r.Query, nil
		}
		list = append(list, fmt.Sprintf("%s (line %d, %s)", number, line, r.Name))
	}
	if s.query.pick != "" {
		return "", "", &usageError{fmt.Sprintf("%s has no query %q", name, s.query.pick), "it has " + printable(strings.Join(list, ", "))}
	}
	return "", "", &usageError{fmt.Sprintf("%s has %d queries: %s", name, len(rules), strings.Join(list, ", ")), "--pick 1 runs the first; goshawk hunt --only-hunts --hunts FILE runs all"}
}
