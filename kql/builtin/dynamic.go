package builtin

import "github.com/goshawk-hunt/goshawk/kql/types"

// dynamicFunctions are the functions of arrays and bags.
var dynamicFunctions = []Function{
	{
		Name: "array_concat", Kind: Scalar,
		Overloads: []Overload{
			many(64, Fixed(types.Dynamic), par("array", types.Dynamic)),
		},
		Doc:     "Joins arrays end to end.",
		Example: "print array_concat(dynamic([1]), dynamic([2]))",
		Page:    "array-concat-function",
	},
	{
		Name: "array_iff", Kind: Scalar, Aliases: []string{"array_iif"},
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("condition_array", types.Dynamic), par("when_true"), par("when_false")),
		},
		Doc:     "Chooses element by element between two arrays.",
		Example: "print array_iff(dynamic([true, false]), dynamic([1, 2]), dynamic([3, 4]))",
		Page:    "array-iff-function",
	},
	{
		Name: "array_index_of", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Long), par("array", types.Dynamic), par("value"), opt(par("start", integers...)), opt(par("length", integers...)), opt(constant(par("occurrence", integers...)))),
		},
		Doc:     "Finds the position of a value in an array, -1 if absent.",
		Example: `print array_index_of(dynamic(["a", "b"]), "b")`,
		Page:    "array-index-of-function",
	},
	{
		Name: "array_length", Kind: Scalar, Aliases: []string{"arraylength"},
		Overloads: []Overload{
			sig(Fixed(types.Long), par("array", types.Dynamic)),
		},
		Doc:     "Counts the elements of an array.",
		Example: "print array_length(dynamic([1, 2]))",
		Page:    "array-length-function",
	},
	{
		Name: "array_reverse", Kind: Scalar,
		Overloads: []Overload{
			sig(SameAs(0), par("value", types.Dynamic)),
		},
		Doc:     "Reverses an array.",
		Example: "print array_reverse(dynamic([1, 2, 3]))",
		Page:    "array-reverse-function",
	},
	{
		Name: "array_rotate_left", Kind: Scalar,
		Overloads: []Overload{
			sig(SameAs(0), par("array", types.Dynamic), par("rotate_count", integers...)),
		},
		Doc:     "Rotates the elements of an array left.",
		Example: "print array_rotate_left(dynamic([1, 2, 3]), 1)",
		Page:    "array-rotate-left-function",
	},
	{
		Name: "array_rotate_right", Kind: Scalar,
		Overloads: []Overload{
			sig(SameAs(0), par("array", types.Dynamic), par("rotate_count", integers...)),
		},
		Doc:     "Rotates the elements of an array right.",
		Example: "print array_rotate_right(dynamic([1, 2, 3]), 1)",
		Page:    "array-rotate-right-function",
	},
	{
		Name: "array_shift_left", Kind: Scalar,
		Overloads: []Overload{
			sig(SameAs(0), par("array", types.Dynamic), par("shift_count", integers...), opt(par("default_value"))),
		},
		Doc:     "Shifts the elements of an array left and fills with null or a value.",
		Example: "print array_shift_left(dynamic([1, 2, 3]), 1)",
		Page:    "array-shift-left-function",
	},
	{
		Name: "array_shift_right", Kind: Scalar,
		Overloads: []Overload{
			sig(SameAs(0), par("array", types.Dynamic), par("shift_count", integers...), opt(par("default_value"))),
		},
		Doc:     "Shifts the elements of an array right and fills with null or a value.",
		Example: "print array_shift_right(dynamic([1, 2, 3]), 1, 0)",
		Page:    "array-shift-right-function",
	},
	{
		Name: "array_slice", Kind: Scalar,
		Overloads: []Overload{
			sig(SameAs(0), par("array", types.Dynamic), par("start", integers...), par("end", integers...)),
		},
		Doc:     "Takes a part of an array, both ends included; negative positions count from the end.",
		Example: "print array_slice(dynamic([1, 2, 3]), 1, 2)",
		Page:    "array-slice-function",
	},
	{
		Name: "array_sort_asc", Kind: Scalar,
		Naming: NameCustom,
		Overloads: []Overload{
			many(64, Fixed(types.Dynamic), par("array", types.Dynamic), opt(par("arrays_or_nulls_last", types.Dynamic, types.Bool))),
		},
		Doc:     "Sorts an array, and others along with it, in ascending order.",
		Example: "print array_sort_asc(dynamic([2, 1, 3]))",
		Page:    "array-sort-asc-function",
	},
	{
		Name: "array_sort_desc", Kind: Scalar,
		Naming: NameCustom,
		Overloads: []Overload{
			many(64, Fixed(types.Dynamic), par("array", types.Dynamic), opt(par("arrays_or_nulls_last", types.Dynamic, types.Bool))),
		},
		Doc:     "Sorts an array, and others along with it, in descending order.",
		Example: "print array_sort_desc(dynamic([2, 1, 3]))",
		Page:    "array-sort-desc-function",
	},
	{
		Name: "array_split", Kind: Scalar,
		Overloads: []Overload{
			sig(SameAs(0), par("array", types.Dynamic), par("index", integers...)),
			sig(SameAs(0), par("array", types.Dynamic), par("indices", types.Dynamic)),
		},
		Doc:     "Splits an array before each of the given positions.",
		Example: "print array_split(dynamic([1, 2, 3, 4]), 2)",
		Page:    "array-split-function",
	},
	{
		Name: "bag_has_key", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("bag", types.Dynamic), par("key", types.String)),
		},
		Doc:     "Says whether a property bag has a key or a JSONPath.",
		Example: `print bag_has_key(dynamic({"a": 1}), "a")`,
		Page:    "bag-has-key-function",
	},
	{
		Name: "bag_keys", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("object", types.Dynamic)),
		},
		Doc:     "Lists the keys of a property bag.",
		Example: `print bag_keys(dynamic({"a": 1, "b": 2}))`,
		Page:    "bag-keys-function",
	},
	{
		Name: "bag_merge", Kind: Scalar,
		Overloads: []Overload{
			many(64, Fixed(types.Dynamic), par("bag", types.Dynamic), par("bag", types.Dynamic)),
		},
		Doc:     "Merges property bags; the first bag to have a key wins.",
		Example: `print bag_merge(dynamic({"a": 1}), dynamic({"a": 2, "b": 3}))`,
		Page:    "bag-merge-function",
	},
	{
		Name: "bag_pack", Kind: Scalar, Aliases: []string{"pack", "pack_dictionary"},
		Overloads: []Overload{
			blocks(2, Fixed(types.Dynamic), par("key", types.String), par("value")),
		},
		Doc:     "Makes a property bag of keys and values.",
		Example: `print bag_pack("a", 1, "b", "x")`,
		Page:    "bag-pack-function",
	},
	{
		Name: "bag_pack_columns", Kind: Scalar,
		Overloads: []Overload{
			many(0, Fixed(types.Dynamic), form(FormColumn, par("value"))),
		},
		Doc:     "Makes a property bag of columns.",
		Example: "print a = 1, b = 2 | project bag_pack_columns(a, b)",
		Page:    "bag-pack-columns-function",
	},
	{
		Name: "bag_remove_keys", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("bag", types.Dynamic), par("keys", types.Dynamic)),
		},
		Doc:     "Removes keys, or JSONPaths, from a property bag.",
		Example: `print bag_remove_keys(dynamic({"a": 1, "b": 2}), dynamic(["a"]))`,
		Page:    "bag-remove-keys-function",
	},
	{
		Name: "bag_set_key", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("bag", types.Dynamic), constant(par("key", types.String)), par("value")),
		},
		Doc:     "Sets a key, or a JSONPath, of a property bag.",
		Example: `print bag_set_key(dynamic({"a": 1}), "b", 2)`,
		Page:    "bag-set-key-function",
	},
	{
		Name: "bag_zip", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("keys", types.Dynamic), par("values", types.Dynamic)),
		},
		Doc:     "Makes a property bag of an array of keys and one of values.",
		Example: `print bag_zip(dynamic(["a"]), dynamic([1]))`,
		Page:    "bag-zip-function",
	},
	{
		Name: "dynamic_to_json", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.String), par("dynamic")),
		},
		Doc:     "Writes a dynamic value as canonical JSON with sorted keys.",
		Example: `print dynamic_to_json(dynamic({"b": 1, "a": 2}))`,
		Page:    "dynamic-to-json-function",
	},
	{
		Name: "jaccard_index", Kind: Scalar,
		Overloads: []Overload{
			many(2, Fixed(types.Real), par("set", types.Dynamic), par("set", types.Dynamic)),
		},
		Doc:     "Gives the size of two sets' intersection over that of their union.",
		Example: "print jaccard_index(dynamic([1, 2]), dynamic([2, 3]))",
		Page:    "jaccard-index-function",
	},
	{
		Name: "pack_all", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), opt(constant(par("ignore_null_empty", types.Bool)))),
		},
		Doc:     "Makes a property bag of all columns.",
		Example: "print a = 1, b = 2 | project pack_all()",
		Page:    "pack-all-function",
	},
	{
		Name: "pack_array", Kind: Scalar,
		Overloads: []Overload{
			many(0, Fixed(types.Dynamic), par("value")),
			sig(Fixed(types.Dynamic), form(FormOnlyStar, par("value"))),
		},
		Doc:     "Makes an array of values.",
		Example: `print pack_array(1, "a")`,
		Page:    "pack-array-function",
	},
	{
		Name: "range", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("start", summables...), par("stop", summables...), opt(par("step", summables...))),
		},
		Doc:     "Makes an array of equally spaced values.",
		Example: "print range(1, 9, 2)",
		Page:    "range-function",
	},
	{
		Name: "repeat", Kind: Scalar,
		Naming: NamePrefixArg, Prefix: "repeat",
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("value", notDynamic...), par("count", types.Long)),
		},
		Doc:     "Makes an array of a value, repeated.",
		Example: "print repeat(1, 3)",
		Page:    "repeat-function",
	},
	{
		Name: "set_difference", Kind: Scalar,
		Overloads: []Overload{
			many(64, Fixed(types.Dynamic), par("set", types.Dynamic), par("set", types.Dynamic)),
		},
		Doc:     "Gives the distinct values of the first array that no other contains.",
		Example: "print set_difference(dynamic([1, 2]), dynamic([2, 3]))",
		Page:    "set-difference-function",
	},
	{
		Name: "set_equals", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("set1", types.Dynamic), par("set2", types.Dynamic)),
		},
		Doc:     "Says whether two arrays have the same distinct values.",
		Example: "print set_equals(dynamic([1, 2]), dynamic([2, 1]))",
		Page:    "set-equals-function",
	},
	{
		Name: "set_has_element", Kind: Scalar,
		Overloads: []Overload{
			sig(Fixed(types.Bool), par("set", types.Dynamic), par("value")),
		},
		Doc:     "Says whether an array contains a value.",
		Example: "print set_has_element(dynamic([1, 2]), 2)",
		Page:    "set-has-element-function",
	},
	{
		Name: "set_intersect", Kind: Scalar,
		Overloads: []Overload{
			many(64, Fixed(types.Dynamic), par("set", types.Dynamic), par("set", types.Dynamic)),
		},
		Doc:     "Gives the distinct values that all arrays contain.",
		Example: "print set_intersect(dynamic([1, 2]), dynamic([2, 3]))",
		Page:    "set-intersect-function",
	},
	{
		Name: "set_union", Kind: Scalar,
		Overloads: []Overload{
			many(64, Fixed(types.Dynamic), par("set", types.Dynamic), par("set", types.Dynamic)),
		},
		Doc:     "Gives the distinct values of all arrays.",
		Example: "print set_union(dynamic([1, 2]), dynamic([2, 3]))",
		Page:    "set-union-function",
	},
	{
		Name: "treepath", Kind: Scalar,
		Naming: NamePrefixArg, Prefix: "tree",
		Overloads: []Overload{
			sig(Fixed(types.Dynamic), par("object", types.Dynamic)),
		},
		Doc:     "Lists the paths of all leaves of a property bag.",
		Example: `print treepath(dynamic({"a": {"b": 1}}))`,
		Page:    "treepath-function",
	},
	{
		Name: "zip", Kind: Scalar,
		Overloads: []Overload{
			many(64, Fixed(types.Dynamic), par("array", types.Dynamic), par("array", types.Dynamic)),
		},
		Doc:     "Pairs the elements of arrays by position.",
		Example: `print zip(dynamic([1, 2]), dynamic(["a", "b"]))`,
		Page:    "zip-function",
	},
}
