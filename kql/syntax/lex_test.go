package syntax

import "testing"

func TestStringValue(t *testing.T) {
	for _, c := range []struct {
		raw, want string
		hidden    bool
	}{
		{`"a"`, "a", false},
		{`'a"b'`, `a"b`, false},
		{`"\\\'\"\a\b\f\n\r\t\v"`, "\\'\"\a\b\f\n\r\t\v", false},
		{`"\u00e9\x41\U0001F600"`, "\u00e9A\U0001F600", false},
		{`"\ud83d\ude00"`, "\U0001F600", false},
		{`"\ud83dx"`, "\ufffdx", false},
		{`"\0\12\101\777"`, "\x00\nA\u003f7", false},
		{`@"C:\a""b"`, `C:\a"b`, false},
		{`@'it''s'`, "it's", false},
		{`h"key"`, "key", true},
		{`H@'key\'`, `key\`, true},
		{"```a\n\"b\" \\n```", "a\n\"b\" \\n", false},
		{"~~~a~~b~~~", "a~~b", false},
		{`""`, "", false},
		{"``````", "", false},
	} {
		toks, diags := lex(c.raw)
		if len(diags) > 0 || len(toks) != 2 || toks[0].kind != kString {
			t.Errorf("%s: %v %v", c.raw, toks, diags)
			continue
		}
		if got, hidden := stringValue(c.raw); got != c.want || hidden != c.hidden {
			t.Errorf("%s is %q, %v, expected %q, %v", c.raw, got, hidden, c.want, c.hidden)
		}
	}
}

func TestNumbers(t *testing.T) {
	for text, want := range map[string][]kind{
		"1":                                     {kLong},
		"0x1F":                                  {kLong},
		"0xG":                                   {kWord},
		"1.5":                                   {kReal},
		"1.":                                    {kReal},
		"1e5":                                   {kReal},
		"1.5e-3":                                {kReal},
		"1e":                                    {kWord},
		"1..5":                                  {kLong, kDotDot, kLong},
		"1...5":                                 {kReal, kDotDot, kLong},
		"1.5.2":                                 {kReal, kDot, kLong},
		"2h":                                    {kTimeSpan},
		"2.5hours":                              {kTimeSpan},
		"2.h":                                   {kLong, kDot, kWord},
		"2hx":                                   {kWord},
		"3Dchart":                               {kWord},
		"1_000":                                 {kWord},
		"74be27de-1e4e-49d9-b579-fe0b331d3642":  {kGUID},
		"74be27de-1e4e-49d9-b579-fe0b331d3642x": {kWord, kMinus, kWord, kMinus, kWord, kMinus, kWord, kMinus, kWord},
		"abcdef12-1e4e-49d9-b579-fe0b331d3642":  {kGUID},
	} {
		toks, _ := lex(text)
		ok := len(toks) == len(want)+1
		for i := 0; ok && i < len(want); i++ {
			ok = toks[i].kind == want[i]
		}
		if !ok {
			t.Errorf("%s: %v, expected the kinds %v", text, toks, want)
		}
	}
}

// Names of letters beyond ASCII are names, from their first letter on.
func TestLetters(t *testing.T) {
	for _, name := range []string{"é", "日本", "Größe", "øx1", "_é"} {
		toks, diags := lex(name + " ")
		if len(diags) > 0 || len(toks) != 2 || toks[0].kind != kWord || int(toks[0].end-toks[0].start) != len(name) {
			t.Errorf("%s: %v %v", name, toks, diags)
		}
	}
}
