package evtx

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goshawk-hunt/goshawk/evidence"
)

func str(name, s string) evidence.Field {
	return evidence.Field{Name: name, Value: evidence.Value{Kind: evidence.String, Str: s}}
}

func num(name string, kind evidence.ValueKind, n uint64) evidence.Field {
	return evidence.Field{Name: name, Value: evidence.Value{Kind: kind, Num: n}}
}

// eventOf writes an Event element with a System section and what rest writes.
func (a *asm) eventOf(rest func()) {
	a.element("Event", nil, func() {
		a.system("7")
		rest()
	})
}

// TestBinaryXML reads one record each, with plans where they apply and without.
func TestBinaryXML(t *testing.T) {
	eventData := func(a *asm, fields func()) { a.eventOf(func() { a.element("EventData", nil, fields) }) }
	tests := []struct {
		name string
		body func(a *asm)
		want []evidence.Field
		xml  string // of the part behind System
	}{
		{"no template", func(a *asm) {
			eventData(a, func() { a.data("A", func() { a.text("one") }) })
		}, []evidence.Field{str("A", "one")}, `<EventData><Data Name="A">one</Data></EventData>`},
		{"no dependency identifier", func(a *asm) {
			a.dependency = false
			eventData(a, func() { a.data("A", func() { a.text("one") }) })
		}, []evidence.Field{str("A", "one")}, `<EventData><Data Name="A">one</Data></EventData>`},
		{"references, CDATA, PI", func(a *asm) {
			eventData(a, func() {
				a.data("A", func() {
					a.u8(tokenText|tokenMore, typeString).counted("a ")
					a.u8(tokenEntityRef | tokenMore).name("lt")
					a.u8(tokenCharRef | tokenMore).u16(0xe9)
					a.u8(tokenCDATA | tokenMore).counted("<&>")
					a.u8(tokenEntityRef).name("nbsp")
				})
				a.u8(tokenPITarget).name("target")
				a.u8(tokenPIData).counted("x ?> y")
			})
		}, []evidence.Field{str("A", "a <é<&>&nbsp;")},
			`<EventData><Data Name="A">a &lt;é&lt;&amp;&gt;&amp;nbsp;</Data><?target x ? > y?></EventData>`},
		{"values of every type", func(a *asm) {
			a.instance(1, func() {
				eventData(a, func() {
					for i := range 17 {
						a.data(string(rune('a'+i)), func() { a.sub(i, typeString) })
					}
				})
			},
				value{typ: typeString, b: append(units("x"), 0, 0)}, value{typ: typeAnsi, b: []byte("\x80uro\x00")},
				value{typ: typeInt8, b: []byte{0xff}}, value{typ: typeUint8, b: []byte{0xff}},
				value{typ: typeInt16, b: []byte{0xfe, 0xff}}, value{typ: typeUint16, b: []byte{0xfe, 0xff}},
				value{typ: typeInt32, b: []byte{0xfd, 0xff, 0xff, 0xff}}, value{typ: typeReal32, b: []byte{0xcd, 0xcc, 0xcc, 0x3d}},
				value{typ: typeBool, b: []byte{1, 0, 0, 0}}, value{typ: typeSize, b: []byte{0x10, 0, 0, 0}},
				value{typ: typeSystemtime, b: []byte{0xe8, 7, 2, 0, 4, 0, 29, 0, 23, 0, 59, 0, 58, 0, 0xe7, 3}},
				value{typ: typeFiletime, b: []byte{255, 255, 255, 255, 255, 255, 255, 127}},
				value{typ: typeSID, b: []byte{1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0}}, value{typ: typeSID, b: []byte{1, 9, 0}},
				value{typ: typeNull, b: nil}, value{typ: typeUint32, b: []byte{1, 2, 3}}, value{typ: 0x77, b: []byte{9}})
		}, []evidence.Field{
			str("a", "x"), str("b", "€uro"),
			num("c", evidence.Int, 1<<64-1), num("d", evidence.Uint, 255), num("e", evidence.Int, 1<<64-2), num("f", evidence.Uint, 0xfffe),
			num("g", evidence.Int, 1<<64-3), num("h", evidence.Real, 0x3fb999999999999a), num("i", evidence.Bool, 1), num("j", evidence.Hex, 16),
			num("k", evidence.Time, 638448479989990000), num("l", evidence.Uint, 1<<63-1),
			{Name: "m", Value: evidence.Value{Kind: evidence.SID, Str: "S-1-5-18"}},
			{Name: "n", Value: evidence.Value{Kind: evidence.Binary, Str: "\x01\x09\x00"}},
			{Name: "o"},
			{Name: "p", Value: evidence.Value{Kind: evidence.Binary, Str: "\x01\x02\x03"}},
			{Name: "q", Value: evidence.Value{Kind: evidence.Binary, Str: "\x09"}},
		}, ""},
		{"optional null leaves elements and attributes out", func(a *asm) {
			a.instance(1, func() {
				eventData(a, func() {
					a.data("gone", func() { a.optional(0, typeString) })
					a.data("null", func() { a.sub(0, typeString) })
					a.data("missing", func() { a.optional(9, typeString) })
					a.data("empty", func() {})
					a.data("kept", func() { a.optional(1, typeString) })
				})
			}, value{typ: typeNull, b: nil}, stringValue("v"))
		}, []evidence.Field{{Name: "null"}, str("empty", ""), str("kept", "v")},
			`<EventData><Data Name="null"></Data><Data Name="empty"/><Data Name="kept">v</Data></EventData>`},
		{"arrays", func(a *asm) {
			a.instance(1, func() {
				eventData(a, func() {
					a.element("Data", nil, func() { a.sub(0, typeString|typeArray) })
					a.data("named", func() { a.sub(0, typeString|typeArray) })
					a.data("one", func() { a.sub(1, typeUint16|typeArray) })
					a.data("none", func() { a.sub(2, typeUint16|typeArray) })
					a.data("sids", func() { a.sub(3, typeSID|typeArray) })
				})
			}, value{typ: typeString | typeArray, b: units("a\x00\x00b")}, value{typ: typeUint16 | typeArray, b: []byte{7, 0}},
				value{typ: typeUint16 | typeArray, b: nil},
				value{typ: typeSID | typeArray, b: []byte{1, 0, 0, 0, 0, 0, 0, 5, 1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0}})
		}, []evidence.Field{
			str("", "a"), str("", ""), str("", "b"), str("named", "a\n\nb"), num("one", evidence.Uint, 7),
			str("none", ""), str("sids", "S-1-5\nS-1-5-18"),
		}, `<EventData><Data>a</Data><Data></Data><Data>b</Data>` +
			`<Data Name="named">a</Data><Data Name="named"></Data><Data Name="named">b</Data>` +
			`<Data Name="one">7</Data><Data Name="none"></Data><Data Name="sids">S-1-5</Data><Data Name="sids">S-1-5-18</Data></EventData>`},
		{"text around a value", func(a *asm) {
			a.instance(1, func() {
				eventData(a, func() {
					a.data("A", func() {
						a.text("<")
						a.sub(0, typeUint8)
						a.text(">")
					})
				})
			}, value{typ: typeUint8, b: []byte{5}})
		}, []evidence.Field{str("A", "<5>")}, `<EventData><Data Name="A">&lt;5&gt;</Data></EventData>`},
		{"a name that is a value", func(a *asm) {
			a.instance(1, func() {
				eventData(a, func() {
					a.element("Data", func() { a.attr("Name", func() { a.sub(0, typeString) }) }, func() { a.sub(1, typeString) })
				})
			}, stringValue("N"), stringValue("V"))
		}, []evidence.Field{str("N", "V")}, `<EventData><Data Name="N">V</Data></EventData>`},
		{"nested template", func(a *asm) {
			a.instance(1, func() { a.eventOf(func() { a.optional(0, typeBinXML) }) },
				nested(func() {
					a.header().instance(2, func() {
						a.element("EventData", nil, func() { a.data("A", func() { a.sub(0, typeString) }) })
					}, stringValue("deep"))
				}))
		}, []evidence.Field{str("A", "deep")}, `<EventData><Data Name="A">deep</Data></EventData>`},
		{"an element as a value", func(a *asm) {
			a.instance(1, func() { a.eventOf(func() { a.sub(0, typeBinXML) }) },
				nested(func() {
					a.dependency = false
					a.element("EventData", nil, func() { a.data("A", func() { a.text("raw") }) })
				}))
		}, []evidence.Field{str("A", "raw")}, `<EventData><Data Name="A">raw</Data></EventData>`},
		{"XML within a field", func(a *asm) {
			a.instance(1, func() {
				eventData(a, func() { a.data("A", func() { a.sub(0, typeBinXML) }) })
			}, nested(func() { a.element("B", nil, func() { a.leaf("C", "c") }) }))
		}, []evidence.Field{str("A.B.C", "c")}, `<EventData><Data Name="A"><B><C>c</C></B></Data></EventData>`},
		{"user data", func(a *asm) {
			a.instance(1, func() {
				a.eventOf(func() {
					a.element("UserData", nil, func() {
						a.element("ns:Cleared", func() {
							a.attr("xmlns:ns", func() { a.text("urn:x") })
							a.attr("kind", func() { a.text("k") })
						}, func() {
							a.element("Subject", func() { a.attr("id", func() { a.sub(1, typeUint8) }) }, func() {
								a.element("ns:Name", nil, func() { a.sub(0, typeString) })
								a.element("Null", nil, func() { a.optional(2, typeString) })
							})
							a.element("Code", func() { a.attr("value", func() { a.sub(1, typeUint8) }) }, nil)
						})
					})
				})
			}, stringValue("yolo"), value{typ: typeUint8, b: []byte{3}}, value{typ: typeNull, b: nil})
		}, []evidence.Field{str("kind", "k"), num("Subject.id", evidence.Uint, 3), str("Subject.Name", "yolo"), num("Code.value", evidence.Uint, 3)},
			`<UserData><ns:Cleared xmlns:ns="urn:x" kind="k"><Subject id="3"><ns:Name>yolo</ns:Name></Subject><Code value="3"/></ns:Cleared></UserData>`},
		{"names no XML allows", func(a *asm) {
			eventData(a, func() { a.element("1<ä>", nil, func() { a.text("\x01\"") }) })
		}, []evidence.Field{str("1<ä>", "\x01\"")}, "<EventData><____>\ufffd&quot;</____></EventData>"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := newAsm()
			a.record(func() { tt.body(a) })
			data := a.chunk()
			for _, got := range []*collected{collect(t, data, Options{}), collectGeneral(t, data, Options{})} {
				if len(got.events) != 1 || len(got.damages) > 0 {
					t.Fatalf("%d events, damages %v", len(got.events), got.damages)
				}
				e := got.events[0]
				if d := cmp.Diff(tt.want, e.Data); d != "" {
					t.Errorf("(-want +got)\n%s", d)
				}
				if e.EventID != 7 || e.Provider != "Test" || e.Channel != "Chan" || e.Computer != "pc" || e.RecordID != 1 ||
					e.Time != 133500000000000000+evidence.FiletimeEpoch {
					t.Errorf("System section: %+v", e)
				}
			}
			if tt.xml == "" {
				return
			}
			var out bytes.Buffer
			if err := WriteXML(context.Background(), input(data), Options{}, &out, &collected{}); err != nil {
				t.Fatal(err)
			}
			_, got, _ := strings.Cut(strings.TrimSpace(out.String()), "</System>")
			if want := tt.xml + "</Event>"; got != want {
				t.Errorf("xml\ngot  %s\nwant %s", got, want)
			}
		})
	}
}
