package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/goshawk-hunt/goshawk/casedir"
	"github.com/goshawk-hunt/goshawk/hunt/exclusion"
	"github.com/goshawk-hunt/goshawk/source"
)

func exclusionFlags(fs *pflag.FlagSet, s *settings) {
	fs.StringArrayVar(&s.exclude, "exclusions", nil, "hide what the exclusions of a file or folder cover, and say what they hid (repeatable)")
	fs.BoolVar(&s.force, "force", false, "apply exclusions that rest only on text that the attacker chooses; the report says so")
}

// exclusions reads those of --exclusions; nil without any.
func (s *settings) exclusions() (*exclusion.Set, error) {
	if len(s.exclude) == 0 {
		return nil, nil
	}
	files, err := filesBelow(s.exclude, ruleExtensions...)
	if err != nil {
		return nil, flagError("--exclusions", strings.Join(s.exclude, ", "), err)
	}
	set := &exclusion.Set{Forced: s.force}
	for _, path := range files {
		f, err := s.readText(path)
		if err != nil {
			return nil, err
		}
		if !exclusion.Detect(f.Text) {
			continue
		}
		list, diags := exclusion.Read(f, time.Now())
		d := &source.Diagnostics{File: f}
		for _, x := range diags {
			if x.Severity == source.Error && !(s.force && x.Code == exclusion.CodeLoose) {
				d.Add(x)
			}
		}
		if err := d.Err(); err != nil {
			return nil, err
		}
		set.List = append(set.List, list...)
	}
	if len(set.List) == 0 {
		return nil, fmt.Errorf("%s: no exclusion found; expected YAML with a list 'exclusions'", strings.Join(s.exclude, ", "))
	}
	return set, nil
}

// checkExclusions checks a file of exclusions: their fields, and that each predicate
// compiles over the columns of findings.
func (s *settings) checkExclusions(compiler *casedir.Compiler, f *source.File) checked {
	now := time.Now()
	list, diags := exclusion.Read(f, now)
	d := &source.Diagnostics{File: f}
	for _, x := range diags {
		if s.force && x.Code == exclusion.CodeLoose {
			x.Severity = source.Warning
		}
		d.Add(x)
	}
	for _, x := range list {
		if x.InQuery { // its columns are the query's
			continue
		}
		_, found := compiler.Compile(f.Name, exclusion.Query(x.Where), ticksOf(now))
		for _, y := range found.List {
			y.Span, y.Fix = x.WhereAt, nil
			d.Add(y)
		}
	}
	name := fmt.Sprintf("%d %s", len(list), plural(len(list), "exclusion", "exclusions"))
	off := 0
	for _, x := range list {
		if x.Off {
			off++
		}
	}
	if off > 0 {
		name += fmt.Sprintf(", %d of them off", off)
	}
	return checked{File: f.Name, Line: 1, Name: name, said: d}
}
