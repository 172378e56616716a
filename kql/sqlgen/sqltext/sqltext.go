// Package sqltext finds its way in SQL that the generator has written: where a literal, a
// word or a bracket ends. It knows no grammar; whoever reads SQL by it knows what stands there.
package sqltext

// Literal returns the position after the string or quoted name that begins at i.
func Literal(sql string, i int) int {
	q := sql[i]
	for i++; i < len(sql); i++ {
		if sql[i] != q {
			continue
		}
		if i+1 == len(sql) || sql[i+1] != q {
			return i + 1
		}
		i++ // doubled: it stands for itself
	}
	return len(sql)
}

// Word returns the position after the name, keyword or number that begins at i; i if none does.
func Word(sql string, i int) int {
	for i < len(sql) && wordByte(sql[i]) {
		i++
	}
	return i
}

func wordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// Closing returns the position after the bracket that closes the one at i, -1 if none does.
func Closing(sql string, i int) int {
	depth := 0
	for i < len(sql) {
		switch sql[i] {
		case '\'', '"':
			i = Literal(sql, i)
			continue
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			if depth--; depth == 0 {
				return i + 1
			}
		}
		i++
	}
	return -1
}

// Arguments splits what stands between the parentheses of a call at its outer commas.
func Arguments(sql string) []string {
	var list []string
	start := 0
	for i := 0; i < len(sql); {
		switch sql[i] {
		case '\'', '"':
			i = Literal(sql, i)
			continue
		case '(', '[', '{':
			end := Closing(sql, i)
			if end < 0 {
				return append(list, sql[start:])
			}
			i = end
			continue
		case ',':
			list = append(list, sql[start:i])
			start = i + 1
		}
		i++
	}
	return append(list, sql[start:])
}
