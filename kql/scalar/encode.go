package scalar

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"hash/adler32"
	"hash/crc32"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/goshawk-hunt/goshawk/kql/dynamic"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

var encodeFunctions = []Function{
	{Name: "base64_decode_toarray", Params: []types.Type{types.String}, Result: types.Dynamic, Eval: base64ToArray},
	{Name: "base64_decode_toguid", Params: []types.Type{types.String}, Result: types.GUID, Eval: base64ToGUID},
	{Name: "base64_decode_tostring", Params: []types.Type{types.String}, Result: types.String, Eval: base64ToString},
	{Name: "base64_encode_fromarray", Params: []types.Type{types.Dynamic}, Result: types.String, Eval: base64FromArray},
	{Name: "base64_encode_fromguid", Params: []types.Type{types.GUID}, Result: types.String, Eval: base64FromGUID},
	{Name: "gzip_compress", Params: []types.Type{types.String}, Result: types.String, Eval: gzipCompress},
	{Name: "gzip_decompress", Params: []types.Type{types.String}, Result: types.String, Eval: gzipDecompress},
	{Name: "url_decode", Params: []types.Type{types.String}, Result: types.String, Eval: urlDecode},
	{Name: "url_encode", Params: []types.Type{types.String}, Result: types.String,
		Eval: func(a []types.Value) types.Value { return text(urlEncode(a[0].Str, "+")) }},
	{Name: "url_encode_component", Params: []types.Type{types.String}, Result: types.String,
		Eval: func(a []types.Value) types.Value { return text(urlEncode(a[0].Str, "%20")) }},
	{Name: "zlib_compress", Params: []types.Type{types.String}, Result: types.String, Eval: zlibCompress},
	{Name: "zlib_decompress", Params: []types.Type{types.String}, Result: types.String, Eval: zlibDecompress},
}

// fromBase64 decodes base64 with or without padding; blanks are skipped.
func fromBase64(s string) ([]byte, bool) {
	s = strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\t', '\r', '\n':
			return -1
		}
		return r
	}, s)
	b, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(s, "="))
	return b, err == nil
}

func base64ToString(a []types.Value) types.Value {
	b, ok := fromBase64(a[0].Str)
	if !ok || !utf8.Valid(b) {
		return text("")
	}
	return text(string(b))
}

func base64ToArray(a []types.Value) types.Value {
	b, ok := fromBase64(a[0].Str)
	if !ok {
		return nullDynamic
	}
	items := make([]dynamic.Value, len(b))
	for i, c := range b {
		items[i] = dynamic.Number(int64(c))
	}
	return dynamic.List(items).Scalar()
}

func base64FromArray(a []types.Value) types.Value {
	items, ok := array(a[0])
	if !ok {
		return text("")
	}
	b := make([]byte, len(items))
	for i, item := range items {
		if item.Kind != dynamic.Long || item.Int < 0 || item.Int > 255 {
			return text("")
		}
		b[i] = byte(item.Int)
	}
	if !utf8.Valid(b) {
		return text("") // so Kusto: bytes that are no text
	}
	return text(base64.StdEncoding.EncodeToString(b))
}

// guidBytes are the bytes of a guid in .NET's order: the first three groups are little-endian.
func guidBytes(s string) ([]byte, bool) {
	b := make([]byte, 0, 16)
	hexText := strings.ReplaceAll(s, "-", "")
	if len(hexText) != 32 {
		return nil, false
	}
	for i := 0; i < 32; i += 2 {
		hi, ok1 := hexValue(hexText[i])
		lo, ok2 := hexValue(hexText[i+1])
		if !ok1 || !ok2 {
			return nil, false
		}
		b = append(b, hi<<4|lo)
	}
	swapGUID(b)
	return b, true
}

func swapGUID(b []byte) {
	b[0], b[3] = b[3], b[0]
	b[1], b[2] = b[2], b[1]
	b[4], b[5] = b[5], b[4]
	b[6], b[7] = b[7], b[6]
}

func hexValue(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10, true
	}
	return 0, false
}

func base64FromGUID(a []types.Value) types.Value {
	b, ok := guidBytes(a[0].Str)
	if a[0].Null || !ok {
		return text("")
	}
	return text(base64.StdEncoding.EncodeToString(b))
}

func base64ToGUID(a []types.Value) types.Value {
	b, ok := fromBase64(a[0].Str)
	if !ok || len(b) != 16 {
		return nullGUID
	}
	swapGUID(b)
	const digits = "0123456789abcdef"
	out := make([]byte, 0, 36)
	for i, c := range b {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			out = append(out, '-')
		}
		out = append(out, digits[c>>4], digits[c&15])
	}
	return types.Value{Type: types.GUID, Str: string(out)}
}

// deflate compresses text, or stores it where that is shorter, as zlib does.
func deflate(s string) []byte {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestSpeed)
	if err != nil {
		return nil
	}
	if _, err := io.WriteString(w, s); err != nil {
		return nil
	}
	if err := w.Close(); err != nil {
		return nil
	}
	if stored := len(s) + 5; len(s) <= 0xFFFF && stored <= b.Len() {
		out := make([]byte, 5, stored)
		out[0] = 1
		binary.LittleEndian.PutUint16(out[1:], uint16(len(s)))
		binary.LittleEndian.PutUint16(out[3:], ^uint16(len(s)))
		return append(out, s...)
	}
	return b.Bytes()
}

func gzipCompress(a []types.Value) types.Value {
	s := a[0].Str
	if s == "" {
		return text("")
	}
	b := []byte{0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF}
	b = append(b, deflate(s)...)
	b = binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE([]byte(s)))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(s)))
	return text(base64.StdEncoding.EncodeToString(b))
}

func zlibCompress(a []types.Value) types.Value {
	s := a[0].Str
	if s == "" {
		return text("")
	}
	b := append([]byte{0x78, 0x01}, deflate(s)...)
	b = binary.BigEndian.AppendUint32(b, adler32.Checksum([]byte(s)))
	return text(base64.StdEncoding.EncodeToString(b))
}

// inflated reads all of r up to the bound of text; anything wrong gives the empty text.
func inflated(r io.Reader, err error) types.Value {
	if err != nil {
		return text("")
	}
	b, err := io.ReadAll(io.LimitReader(r, maxText+1))
	if err != nil || len(b) > maxText || !utf8.Valid(b) {
		return text("")
	}
	return text(string(b))
}

func gzipDecompress(a []types.Value) types.Value {
	b, ok := fromBase64(a[0].Str)
	if !ok {
		return text("")
	}
	r, err := gzip.NewReader(bytes.NewReader(b))
	return inflated(r, err)
}

func zlibDecompress(a []types.Value) types.Value {
	b, ok := fromBase64(a[0].Str)
	if !ok {
		return text("")
	}
	r, err := zlib.NewReader(bytes.NewReader(b))
	return inflated(r, err)
}

// urlEncode escapes all but the characters that .NET leaves alone; blank is written as given.
func urlEncode(s, blank string) string {
	const digits = "0123456789abcdef"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || strings.IndexByte("-_.!*()", c) >= 0:
			b.WriteByte(c)
		case c == ' ':
			b.WriteString(blank)
		default:
			b.WriteByte('%')
			b.WriteByte(digits[c>>4])
			b.WriteByte(digits[c&15])
		}
	}
	return b.String()
}

// urlDecode reads %XX and "+"; what is no escape stays as it is.
func urlDecode(a []types.Value) types.Value {
	s := a[0].Str
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '+' {
			b = append(b, ' ')
			continue
		}
		if s[i] == '%' && i+2 < len(s) {
			hi, ok1 := hexValue(s[i+1])
			lo, ok2 := hexValue(s[i+2])
			if ok1 && ok2 {
				b = append(b, hi<<4|lo)
				i += 2
				continue
			}
		}
		b = append(b, s[i])
	}
	return text(strings.ToValidUTF8(string(b), "\uFFFD"))
}
