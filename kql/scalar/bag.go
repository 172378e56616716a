package scalar

import (
	"slices"
	"strings"

	"github.com/goshawk-hunt/goshawk/kql/dynamic"
	"github.com/goshawk-hunt/goshawk/kql/types"
)

var bagFunctions = []Function{
	{Name: "bag_has_key", Params: []types.Type{types.Dynamic, types.String}, Result: types.Bool, Eval: bagHasKey},
	{Name: "bag_keys", Params: []types.Type{types.Dynamic}, Result: types.Dynamic, Eval: bagKeys},
	{Name: "bag_merge", Params: []types.Type{types.Dynamic}, Variadic: true, Result: types.Dynamic, Eval: bagMerge},
	{Name: "bag_pack", Params: []types.Type{types.Dynamic}, Variadic: true, Result: types.Dynamic, Eval: bagPack(true)},
	{Name: "bag_pack_nonempty", Params: []types.Type{types.Dynamic}, Variadic: true, Result: types.Dynamic, Eval: bagPack(false)},
	{Name: "bag_remove_keys", Params: []types.Type{types.Dynamic, types.Dynamic}, Result: types.Dynamic, Eval: bagRemoveKeys},
	{Name: "bag_set_key", Params: []types.Type{types.Dynamic, types.String, types.Dynamic}, Result: types.Dynamic, Eval: bagSetKey},
	{Name: "bag_union", Params: []types.Type{types.Dynamic, types.Long}, Result: types.Dynamic, Eval: bagUnion},
	{Name: "bag_zip", Params: []types.Type{types.Dynamic, types.Dynamic}, Result: types.Dynamic, Eval: bagZip},
	{Name: "buildschema", Params: []types.Type{types.Dynamic}, Result: types.Dynamic, Eval: buildSchema},
	{Name: "dynamic_arithmetic", Params: []types.Type{types.String, types.Dynamic, types.Dynamic}, Result: types.Dynamic, Eval: dynamicArithmetic},
	{Name: "dynamic_equal", Params: []types.Type{types.Dynamic, types.Dynamic}, Result: types.Bool, Eval: dynamicEqual},
	{Name: "dynamic_to_json", Params: []types.Type{types.Dynamic}, Result: types.String, Eval: dynamicToJSON},
	{Name: "extractjson", Params: []types.Type{types.String, types.String}, Result: types.Dynamic, Eval: extractJSON},
	{Name: "treepath", Params: []types.Type{types.Dynamic}, Result: types.Dynamic, Eval: treePath},
}

// keyPath is the path of a key, which may be written as a JSONPath; a plain key is one step.
func keyPath(key string) []types.Value {
	if strings.HasPrefix(key, "$") {
		if keys, ok := PlainPath(key); ok && len(keys) > 0 {
			return keys
		}
	}
	return []types.Value{text(key)}
}

// onlyKeys says that a path has no positions in arrays.
func onlyKeys(path []types.Value) bool {
	return !slices.ContainsFunc(path, func(k types.Value) bool { return k.Type != types.String })
}

func bagHasKey(a []types.Value) types.Value {
	v := read(a[0])
	if v.Kind != dynamic.Bag {
		return nullBool
	}
	path := keyPath(a[1].Str)
	for _, k := range path {
		ok := false
		if k.Type == types.String {
			v, ok = v.Member(k.Str)
		} else if n := int64(len(v.Items)); v.Kind == dynamic.Array && k.Int < n && k.Int >= -n {
			v, ok = v.Index(k.Int), true
		}
		if !ok {
			return truth(false)
		}
	}
	return truth(true)
}

func bagKeys(a []types.Value) types.Value {
	v := read(a[0])
	if v.Kind != dynamic.Bag {
		return nullDynamic
	}
	keys := make([]dynamic.Value, len(v.Keys))
	for i, k := range v.Keys {
		keys[i] = dynamic.Text(k)
	}
	return dynamic.List(keys).Scalar()
}

// merge adds the keys of w that v does not have.
func merge(v *dynamic.Value, seen map[string]bool, w dynamic.Value) {
	if w.Kind != dynamic.Bag {
		return
	}
	for i, k := range w.Keys {
		if !seen[k] {
			seen[k] = true
			v.Keys = append(v.Keys, k)
			v.Items = append(v.Items, w.Items[i])
		}
	}
}

func bagMerge(a []types.Value) types.Value {
	v := dynamic.Value{Kind: dynamic.Bag}
	seen := map[string]bool{}
	any := false
	for _, x := range a {
		d := read(x)
		any = any || d.Kind == dynamic.Bag
		merge(&v, seen, d)
	}
	if !any {
		return nullDynamic
	}
	return v.Scalar()
}

// bagUnion merges the bags of an array, up to a[1] keys.
func bagUnion(a []types.Value) types.Value {
	v := dynamic.Value{Kind: dynamic.Bag}
	seen := map[string]bool{}
	for _, d := range read(a[0]).Items {
		merge(&v, seen, d)
	}
	n := min(int64(len(v.Keys)), max(a[1].Int, 0))
	v.Keys, v.Items = v.Keys[:n], v.Items[:n]
	return v.Scalar()
}

// bagPack makes a bag of keys and values, the last value of a key counting.
func bagPack(empties bool) func([]types.Value) types.Value {
	return func(a []types.Value) types.Value {
		v := dynamic.Value{Kind: dynamic.Bag}
		for i := 0; i+1 < len(a); i += 2 {
			item := read(a[i+1])
			if !empties && (item.Kind == dynamic.Null || item.Kind == dynamic.String && item.Str == "") {
				continue
			}
			v.Set(read(a[i]).String(), item)
		}
		return v.Scalar()
	}
}

func bagRemoveKeys(a []types.Value) types.Value {
	v := read(a[0])
	keys, ok := array(a[1])
	if v.Kind != dynamic.Bag || !ok {
		return nullDynamic
	}
	for _, k := range keys {
		if k.Kind == dynamic.String {
			v = without(v, keyPath(k.Str))
		}
	}
	return v.Scalar()
}

// without returns v without the member or element at a path.
func without(v dynamic.Value, path []types.Value) dynamic.Value {
	i := -1
	if k := path[0]; k.Type == types.String && v.Kind == dynamic.Bag {
		i = slices.Index(v.Keys, k.Str)
	} else if n := int64(len(v.Items)); k.Type == types.Long && v.Kind == dynamic.Array && k.Int >= 0 && k.Int < n {
		i = int(k.Int)
	}
	if i < 0 {
		return v
	}
	v.Items = slices.Clone(v.Items)
	if len(path) > 1 {
		v.Items[i] = without(v.Items[i], path[1:])
		return v
	}
	v.Items = slices.Delete(v.Items, i, i+1)
	if v.Kind == dynamic.Bag {
		v.Keys = slices.Delete(slices.Clone(v.Keys), i, i+1)
	}
	return v
}

func bagSetKey(a []types.Value) types.Value {
	v := read(a[0])
	path := keyPath(a[1].Str)
	if v.Kind != dynamic.Bag || !onlyKeys(path) {
		return nullDynamic
	}
	return with(v, path, read(a[2])).Scalar()
}

// with returns v with a value at a path, making the bags on the way.
func with(v dynamic.Value, path []types.Value, item dynamic.Value) dynamic.Value {
	if len(path) == 0 {
		return item
	}
	k := path[0]
	if v.Kind != dynamic.Bag {
		v = dynamic.Value{Kind: dynamic.Bag}
	}
	member, _ := v.Member(k.Str)
	v.Keys, v.Items = slices.Clone(v.Keys), slices.Clone(v.Items)
	v.Set(k.Str, with(member, path[1:], item))
	return v
}

// bagZip makes a bag of keys and values; missing values are null, keys that are no strings
// are left out.
func bagZip(a []types.Value) types.Value {
	keys, ok := array(a[0])
	if !ok {
		return nullDynamic
	}
	values, _ := array(a[1])
	v := dynamic.Value{Kind: dynamic.Bag}
	for i, k := range keys {
		if k.Kind != dynamic.String {
			continue
		}
		item := dynamic.Value{}
		if i < len(values) {
			item = values[i]
		}
		v.Set(k.Str, item)
	}
	return v.Scalar()
}

func dynamicToJSON(a []types.Value) types.Value {
	v := read(a[0])
	if a[0].Null {
		return text("null")
	}
	return text(string(v.AppendSorted(nil)))
}

func dynamicEqual(a []types.Value) types.Value {
	if a[0].Null && a[1].Null {
		return nullBool
	}
	return truth(read(a[0]).Same(read(a[1])))
}

// maxPaths bounds the paths that treepath lists, and the nodes that buildschema looks at.
const maxPaths = 1 << 16

// treePath lists the paths of all nodes below a bag: ['a'], ['a']['b'], ['c'][0]. [0] stands
// for every element of an array, and each path is listed once.
func treePath(a []types.Value) types.Value {
	v := read(a[0])
	if v.Kind != dynamic.Bag && v.Kind != dynamic.Array {
		return nullDynamic
	}
	paths := []dynamic.Value{}
	seen := map[string]bool{}
	var walk func(v dynamic.Value, at string)
	walk = func(v dynamic.Value, at string) {
		for i := range v.Items {
			if len(paths) >= maxPaths {
				return
			}
			step := at + "[0]"
			if v.Kind == dynamic.Bag {
				step = at + "['" + v.Keys[i] + "']"
			}
			if !seen[step] {
				seen[step] = true
				paths = append(paths, dynamic.Text(step))
			}
			walk(v.Items[i], step)
		}
	}
	walk(v, "")
	return dynamic.List(paths).Scalar()
}

// dynamicArithmetic computes with two numbers in dynamic values; anything else gives null.
func dynamicArithmetic(a []types.Value) types.Value {
	x, y := read(a[1]), read(a[2])
	if x.Kind == dynamic.Long && y.Kind == dynamic.Long {
		return longArithmetic(a[0].Str, x.Int, y.Int).Scalar()
	}
	p, ok1 := x.Number()
	q, ok2 := y.Number()
	if !ok1 || !ok2 {
		return nullDynamic
	}
	switch a[0].Str {
	case "+":
		return dynamic.Float(p + q).Scalar()
	case "-":
		return dynamic.Float(p - q).Scalar()
	case "*":
		return dynamic.Float(p * q).Scalar()
	case "/":
		return dynamic.Float(p / q).Scalar()
	}
	return nullDynamic
}

func longArithmetic(op string, x, y int64) dynamic.Value {
	switch op {
	case "+":
		return dynamic.Number(x + y)
	case "-":
		return dynamic.Number(x - y)
	case "*":
		return dynamic.Number(x * y)
	}
	if y == 0 {
		return dynamic.Value{}
	}
	if op == "/" {
		return dynamic.Number(x / y)
	}
	r := x % y
	if r < 0 {
		if y < 0 {
			r -= y
		} else {
			r += y
		}
	}
	return dynamic.Number(r)
}

// schema is what buildschema has seen: the names of plain types, and the schemas of the
// members of bags and of the elements of arrays.
type schema struct {
	plain []string
	keys  []string
	bag   map[string]*schema
	items *schema
	nodes *int
}

func newSchema(nodes *int) *schema { return &schema{bag: map[string]*schema{}, nodes: nodes} }

func (s *schema) add(v dynamic.Value) {
	if *s.nodes++; *s.nodes > maxPaths {
		return
	}
	switch v.Kind {
	case dynamic.Null:
	case dynamic.Bag:
		for i, k := range v.Keys {
			if s.bag[k] == nil {
				s.bag[k] = newSchema(s.nodes)
				s.keys = append(s.keys, k)
			}
			s.bag[k].add(v.Items[i])
		}
	case dynamic.Array:
		if s.items == nil {
			s.items = newSchema(s.nodes)
		}
		for _, item := range v.Items {
			s.items.add(item)
		}
	default:
		if t := v.TypeName(); !slices.Contains(s.plain, t) {
			s.plain = append(s.plain, t)
		}
	}
}

func (s *schema) value() dynamic.Value {
	var all []dynamic.Value
	if len(s.keys) > 0 {
		bag := dynamic.Value{Kind: dynamic.Bag}
		for _, k := range s.keys {
			bag.Set(k, s.bag[k].value())
		}
		all = append(all, bag)
	}
	if s.items != nil {
		bag := dynamic.Value{Kind: dynamic.Bag}
		bag.Set("`indexer`", s.items.value())
		all = append(all, bag)
	}
	for _, p := range s.plain {
		all = append(all, dynamic.Text(p))
	}
	if len(all) == 1 {
		return all[0]
	}
	return dynamic.List(all)
}

// buildSchema describes the values of an array.
func buildSchema(a []types.Value) types.Value {
	nodes := 0
	s := newSchema(&nodes)
	for _, item := range read(a[0]).Items {
		s.add(item)
	}
	return s.value().Scalar()
}
