package cli

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/goshawk-hunt/goshawk/casedir"
	"github.com/goshawk-hunt/goshawk/finding"
	"github.com/goshawk-hunt/goshawk/hunt"
	"github.com/goshawk-hunt/goshawk/hunt/rulefile"
	"github.com/goshawk-hunt/goshawk/source"
)

// maxRuleFile bounds a file of rules; the largest published ones have 100 kB.
const maxRuleFile = 8 << 20

// ruleExtensions are the files that a folder of hunts is searched for; a file that
// is named is read whatever it is called.
var ruleExtensions = []string{".csl", ".kql", ".kusto", ".md", ".yaml", ".yml"}

// stdin is the name that stands for standard input where a file of hunts is named.
const stdin = "-"

// filesBelow lists the given files, and those with one of the extensions below the given
// folders, sorted within each.
func filesBelow(paths []string, extensions ...string) ([]string, error) {
	var files []string
	for _, path := range paths {
		if path == stdin {
			files = append(files, path)
			continue
		}
		info, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			files = append(files, path)
			continue
		}
		err = filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() && strings.HasPrefix(d.Name(), ".") && p != path {
				return filepath.SkipDir
			}
			if d.Type().IsRegular() && slices.Contains(extensions, strings.ToLower(filepath.Ext(p))) {
				files = append(files, p)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return files, nil
}

func repairFlag(fs *pflag.FlagSet, s *settings) {
	fs.BoolVar(&s.repair, "repair", false, "read hunts whose indentation is lost as if it were there")
}

// readRules reads the rules of one file with what is wrong with them.
func (s *settings) readRules(path string) ([]*rulefile.Rule, *source.Diagnostics, error) {
	f, err := s.readText(path)
	if err != nil {
		return nil, nil, err
	}
	d := &source.Diagnostics{File: f}
	rules, list := rulefile.Read(d.File, rulefile.Options{Repair: s.repair})
	d.List = list
	return rules, d, nil
}

// readText reads a file that a person wrote, or standard input.
func (s *settings) readText(path string) (*source.File, error) {
	if path == stdin {
		text, err := io.ReadAll(io.LimitReader(s.in, maxRuleFile+1))
		if err != nil {
			return nil, fmt.Errorf("standard input: %w", err)
		}
		if len(text) > maxRuleFile {
			return nil, fmt.Errorf("standard input is too large for a file of hunts, expected at most %s", size(maxRuleFile))
		}
		return source.NewFile(path, string(text)), nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxRuleFile {
		return nil, fmt.Errorf("%s: %s is too large for a file of hunts, expected at most %s", path, size(info.Size()), size(maxRuleFile))
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return source.NewFile(path, string(text)), nil
}

// loadRules reads the hunts of a file or a folder. In a folder, files without a
// rule are passed over; a file that was named must have one, and its queries must
// compile: one of many that does not is told, and fails when it is run.
func (s *settings) loadRules(compiler *casedir.Compiler, path string) ([]hunt.Rule, error) {
	files, err := filesBelow([]string{path}, ruleExtensions...)
	if err != nil {
		return nil, err
	}
	var rules []hunt.Rule
	for _, file := range files {
		found, d, err := s.readRules(file)
		if err != nil {
			return nil, err
		}
		if err := d.Err(); err != nil && (len(files) == 1 || len(found) > 0) {
			return nil, err
		}
		if d.HasErrors() && !noQuery(d) {
			fmt.Fprintf(s.err, "this hunt can't be read:\n%s\n", printableLines(d.Error()))
			s.hunt.unread++
		}
		for i, r := range found {
			tables, err := compileRule(compiler, d.File, r)
			if err != nil && file == path {
				return nil, fmt.Errorf("%w\ngoshawk check tells of all queries of a file, check --rewrite writes what can be put right", err)
			} else if err != nil {
				fmt.Fprintf(s.err, "this hunt can't run:\n%s\n", printableLines(err.Error()))
			}
			rule := huntRule(file, i, d.File, r)
			if len(rule.Tables) == 0 {
				rule.Tables = tables
			}
			rules = append(rules, rule)
		}
	}
	if len(rules) == 0 {
		return nil, fmt.Errorf("%s: no hunt found; expected Sentinel YAML, FalconForce markdown, Sigma or .kql", path)
	}
	return rules, nil
}

// ruleCompiler compiles hunts before there is a case, with the functions that the case
// will have.
func (s *settings) ruleCompiler() (*casedir.Compiler, error) {
	folders := s.outside.functions
	if s.casev != "" {
		if own := casedir.FunctionsOf(s.casev); own != "" {
			folders = append([]string{own}, folders...)
		}
	}
	return casedir.NewCompiler(casedir.MissingAny, folders...)
}

// compileRule returns the tables that a rule's query reads, or why it can't run, with the
// places in the file.
func compileRule(compiler *casedir.Compiler, f *source.File, r *rulefile.Rule) (tables []string, err error) {
	compiled, found := compiler.Compile(f.Name, r.Query, ticksOf(time.Now()))
	d := &source.Diagnostics{File: f, List: r.InFile(found.List)}
	if compiled != nil {
		tables = compiled.Tables
	}
	return tables, d.Err()
}

// huntRule turns a rule of a file into one that hunts run.
func huntRule(path string, i int, f *source.File, r *rulefile.Rule) hunt.Rule {
	out := hunt.Rule{
		ID: r.ID, Name: r.Name, Description: r.Description, Tactics: r.Tactics, Techniques: r.Techniques, Tables: r.Tables,
		FalsePositives: r.FalsePositives, BlindSpots: r.BlindSpots, References: r.References,
		Query: r.Query, File: path, Entities: map[string]string{},
	}
	if r.FilterAt.IsValid() {
		out.Filter = &r.FilterAt
	}
	if r.QueryAt.IsValid() {
		out.Line = f.Position(r.QueryAt.Start).Line
	}
	base := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	if out.ID == "" {
		out.ID = fmt.Sprintf("%s-%d", base, i+1)
	}
	if out.Name == "" {
		out.Name = base
	}
	if level, err := finding.ParseSeverity(strings.Replace(strings.ToLower(r.Severity), "informational", "info", 1)); err == nil {
		out.Severity = level
	}
	for _, e := range r.Entities {
		for _, field := range e.Fields {
			if column := entityColumn(e.Type, field.Identifier); column != "" {
				out.Entities[column] = field.Column
			}
		}
	}
	return out
}

// entityColumn gives the Defender column that an identifier of a Sentinel entity is.
// Source: learn.microsoft.com/azure/sentinel/entities-reference.
func entityColumn(kind, identifier string) string {
	switch kind + "." + identifier {
	case "Host.FullName", "Host.HostName", "Host.NetBiosName":
		return "DeviceName"
	case "Account.Name", "Account.FullName":
		return "AccountName"
	case "Process.CommandLine":
		return "ProcessCommandLine"
	case "Process.ProcessId":
		return "ProcessId"
	case "File.Name":
		return "FileName"
	case "File.Directory":
		return "FolderPath"
	case "FileHash.Value":
		return "SHA1"
	case "IP.Address":
		return "RemoteIP"
	case "URL.Url":
		return "RemoteUrl"
	case "RegistryKey.Key":
		return "RegistryKey"
	}
	return ""
}
