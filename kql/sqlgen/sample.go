package sqlgen

import "github.com/goshawk-hunt/goshawk/kql/plan"

// sample keeps random rows.
func (st *statement) sample(n *plan.Sample) *rel {
	r := st.open(st.node(n.Input), addOrder)
	if r.windowed || r.grouped || r.qualify != "" {
		r = st.close(r)
	}
	r.hide("$random", column{sql: "random()", volatile: true})
	r = st.close(r)
	r.order = []key{{sql: r.hidden[len(r.hidden)-1].sql}}
	r = st.take(r, n.Count, "sample")
	r = st.close(r)
	r.order, r.row = nil, ""
	return r
}
