package builtin

import "github.com/goshawk-hunt/goshawk/kql/types"

// hashFunctions are the functions of hashes.
var hashFunctions = []Function{
	{
		Name: "hash", Kind: Scalar, Aliases: []string{"hash_xxhash64"},
		Overloads: []Overload{
			sig(Fixed(types.Long), par("source", notDynamic...), opt(par("mod", integers...))),
		},
		Doc:     "Hashes a value to a long, optionally modulo a number.",
		Example: `print hash("a", 100)`,
		Page:    "hash-function",
	},
	{
		Name: "hash_combine", Kind: Scalar,
		Overloads: []Overload{
			many(0, Fixed(types.Long), par("source"), par("source")),
		},
		Unsupported: "how Kusto combines hashes is not published",
		Doc:         "Combines hashes of several values.",
		Example:     `print hash_combine(hash("a"), hash("b"))`,
		Page:        "hash-combine-function",
	},
	{
		Name: "hash_many", Kind: Scalar,
		Overloads: []Overload{
			many(0, Fixed(types.Long), par("source", notDynamic...)),
		},
		Unsupported: "how Kusto combines hashes is not published",
		Doc:         "Combines the hashes of several values.",
		Example:     `print hash_many("a", 1)`,
		Page:        "hash-many-function",
	},
	{
		Name: "hash_md5", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.String), par("source", notDynamic...)),
		},
		Doc:     "Gives the MD5 of a value in hexadecimal.",
		Example: `print hash_md5("a")`,
		Page:    "hash-md5-function",
	},
	{
		Name: "hash_sha1", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.String), par("source", notDynamic...)),
		},
		Doc:     "Gives the SHA-1 of a value in hexadecimal.",
		Example: `print hash_sha1("a")`,
		Page:    "hash-sha1-function",
	},
	{
		Name: "hash_sha256", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.String), par("source", notDynamic...)),
		},
		Doc:     "Gives the SHA-256 of a value in hexadecimal.",
		Example: `print hash_sha256("a")`,
		Page:    "hash-sha256-function",
	},
}
