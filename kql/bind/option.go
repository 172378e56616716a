package bind

import "github.com/goshawk-hunt/goshawk/kql/syntax"

// param returns the value of an operator's parameter as text.
func param(params []*syntax.Named, names ...string) (string, *syntax.Named) {
	for _, p := range params {
		if len(p.Names) != 1 {
			continue
		}
		for _, n := range names {
			if p.Names[0].Value == n {
				return paramText(p.X), p
			}
		}
	}
	return "", nil
}

func paramText(e syntax.Expr) string {
	switch e := e.(type) {
	case *syntax.Name:
		return e.Value
	case *syntax.Literal:
		return e.Text
	case *syntax.NameList:
		s := ""
		for i, n := range e.Names {
			if i > 0 {
				s += ", "
			}
			s += n.Value
		}
		return s
	}
	return ""
}
