package builtin

import "github.com/goshawk-hunt/goshawk/kql/types"

// encodingFunctions are the functions of encodings.
var encodingFunctions = []Function{
	{
		Name: "base64_decode_toarray", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("base64_string", types.String)),
		},
		Doc:     "Decodes base64 to an array of bytes.",
		Example: `print base64_decode_toarray("YWI=")`,
		Page:    "base64-decode-toarray-function",
	},
	{
		Name: "base64_decode_toguid", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.GUID), par("base64_string", types.String)),
		},
		Doc:     "Decodes base64 to a guid.",
		Example: `print base64_decode_toguid("/xmWb4aLEdC0LQDAT8lk/w==")`,
		Page:    "base64-decode-toguid-function",
	},
	{
		Name: "base64_decode_tostring", Kind: Scalar, Aliases: []string{"base64_decodestring"},
		Overloads: []Overload{
			sig(Fixed(types.String), par("base64_string", types.String)),
		},
		Doc:     "Decodes base64 to a string, null if it is no UTF-8.",
		Example: `print base64_decode_tostring("YWJj")`,
		Page:    "base64-decode-tostring-function",
	},
	{
		Name: "base64_encode_fromarray", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.String), par("base64_string_decoded_as_array", types.Dynamic)),
		},
		Doc:     "Encodes an array of bytes in base64.",
		Example: "print base64_encode_fromarray(dynamic([97, 98]))",
		Page:    "base64-encode-fromarray-function",
	},
	{
		Name: "base64_encode_fromguid", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.String), par("guid", types.GUID)),
		},
		Doc:     "Encodes the bytes of a guid in base64.",
		Example: `print base64_encode_fromguid(toguid("6f9619ff-8b86-d011-b42d-00c04fc964ff"))`,
		Page:    "base64-encode-fromguid-function",
	},
	{
		Name: "base64_encode_tostring", Kind: Scalar, Aliases: []string{"base64_encodestring"},
		Overloads: []Overload{
			sig(Fixed(types.String), par("string", types.String)),
		},
		Doc:     "Encodes a string in base64.",
		Example: `print base64_encode_tostring("abc")`,
		Page:    "base64-encode-tostring-function",
	},
	{
		Name: "gzip_compress_to_base64_string", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.String), par("string", types.String)),
		},
		Doc:     "Compresses a string with gzip and encodes it in base64.",
		Example: `print gzip_compress_to_base64_string("abc")`,
		Page:    "gzip-compress-to-base64-string-function",
	},
	{
		Name: "gzip_decompress_from_base64_string", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.String), par("string", types.String)),
		},
		Doc:     "Decodes base64 and decompresses it with gzip.",
		Example: `print gzip_decompress_from_base64_string(gzip_compress_to_base64_string("abc"))`,
		Page:    "gzip-decompress-from-base64-string-function",
	},
	{
		Name: "url_decode", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.String), par("encoded_url", types.String)),
		},
		Doc:     "Decodes an encoded URL.",
		Example: `print url_decode("a%20b")`,
		Page:    "url-decode-function",
	},
	{
		Name: "url_encode", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.String), par("url", types.String)),
		},
		Doc:     `Encodes a string for use in a URL, blanks as "+".`,
		Example: `print url_encode("a b")`,
		Page:    "url-encode-function",
	},
	{
		Name: "url_encode_component", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.String), par("url", types.String)),
		},
		Doc:     `Encodes a string for use as a part of a URL, blanks as "%20".`,
		Example: `print url_encode_component("a b")`,
		Page:    "url-encode-component-function",
	},
	{
		Name: "zlib_compress_to_base64_string", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.String), par("string", types.String)),
		},
		Doc:     "Compresses a string with zlib and encodes it in base64.",
		Example: `print zlib_compress_to_base64_string("abc")`,
		Page:    "zlib-compress-to-base64-string-function",
	},
	{
		Name: "zlib_decompress_from_base64_string", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.String), par("string", types.String)),
		},
		Doc:     "Decodes base64 and decompresses it with zlib.",
		Example: `print zlib_decompress_from_base64_string(zlib_compress_to_base64_string("abc"))`,
		Page:    "zlib-decompress-from-base64-string-function",
	},
}
