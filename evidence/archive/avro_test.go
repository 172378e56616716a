package archive

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
)

// captureSchema is the shape of Event Hub's capture.
const captureSchema = `{"type":"record","name":"EventData","namespace":"Microsoft.ServiceBus.Messaging","fields":[
{"name":"SequenceNumber","type":"long"},{"name":"Offset","type":"string"},{"name":"EnqueuedTimeUtc","type":"string"},
{"name":"SystemProperties","type":{"type":"map","values":["long","double","string","bytes"]}},
{"name":"Properties","type":{"type":"map","values":["long","double","string","bytes","null"]}},
{"name":"Body","type":["null","bytes"]}]}`

// avroOf is a capture of messages, two in a block.
func avroOf(t testing.TB, codec string, messages ...string) string {
	t.Helper()
	const marker = "0123456789abcdef"
	number := func(b []byte, n int) []byte { return binary.AppendVarint(b, int64(n)) }
	text := func(b []byte, s string) []byte { return append(number(b, len(s)), s...) }
	file := text(text(number([]byte(avroMagic), 2), "avro.schema"), captureSchema)
	file = append(number(text(text(file, "avro.codec"), codec), 0), marker...)
	for i := 0; i < len(messages); i += 2 {
		var block []byte
		chunk := messages[i:min(i+2, len(messages))]
		for k, m := range chunk {
			block = text(text(number(block, i+k), "4711"), "5/1/2024 10:00:00 AM")
			block = number(text(number(text(number(number(block, -1), 9), "x-opt"), 2), "v"), 0) // a map of one, with its size
			block = number(number(text(number(block, 1), "gone"), 4), 0)                         // a map of one null
			block = text(number(block, 1), m)
		}
		if codec == "deflate" {
			var b bytes.Buffer
			w, err := flate.NewWriter(&b, 9)
			if err != nil {
				t.Fatal(err)
			}
			w.Write(block)
			w.Close()
			block = b.Bytes()
		}
		file = append(append(number(number(file, len(chunk)), len(block)), block...), marker...)
	}
	return string(file)
}

func TestAvro(t *testing.T) {
	messages := []string{"note:1", "two", "three"}
	plain := avroOf(t, "null", messages...)
	dir := folder(t, member{"a.avro", plain}, member{"b.avro", avroOf(t, "deflate", messages...)}, member{"c.avro", plain[:len(plain)-30]},
		member{"d.avro", avroOf(t, "zstandard", messages...)}, member{"e.avro", strings.Replace(plain, `"Body"`, `"Bodi"`, 1)})
	check(t, lines(t, &Walker{}, dir),
		`a.avro!a read note 17 "note:1\ntwo\nthree\n"`,
		fmt.Sprintf("a.avro read avro %d (container)", fileSize(t, dir, "a.avro")),
		`b.avro!b read note 17 "note:1\ntwo\nthree\n"`,
		fmt.Sprintf("b.avro read avro %d (container)", fileSize(t, dir, "b.avro")),
		`c.avro!c damaged note 11: ends too early "note:1\ntwo\n"`,
		fmt.Sprintf("c.avro damaged avro %d: ends too early (container)", fileSize(t, dir, "c.avro")),
		`d.avro!d damaged  0: cannot be expanded further: compression "zstandard" of Avro is not supported`,
		fmt.Sprintf(`d.avro damaged avro %d: cannot be expanded further: compression "zstandard" of Avro is not supported (container)`, fileSize(t, dir, "d.avro")),
		fmt.Sprintf("e.avro unknown  %d: Avro file that is no capture of Event Hub", fileSize(t, dir, "e.avro")),
	)
}
