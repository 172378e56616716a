package hunt

import (
	"context"
	"slices"
	"sort"
	"strings"
)

// HuntCoverage says on how many devices a hunt can see.
type HuntCoverage struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Runnable int    `json:"runnable"`
	Partial  int    `json:"partial"`
	Blind    int    `json:"blind"`
	Unknown  int    `json:"unknown"`
}

// Lack is evidence that devices don't have though hunts live on it, with what turns it
// on. Any one of its Kinds serves.
type Lack struct {
	For     string   `json:"for"`
	Kinds   []Kind   `json:"kinds"`
	Hunts   []string `json:"hunts"`
	Devices []string `json:"devices"`
}

// judge says for every device which hunts can see there.
func (c *Coverage) judge(rules []Rule) {
	lacks := map[string]*Lack{}
	var order []string
	for i := range c.Devices {
		c.Devices[i].Sights = map[string]Sight{}
	}
	for i := range rules {
		rule := &rules[i]
		h := HuntCoverage{ID: rule.ID, Name: rule.Name}
		needs := c.needs(rule)
		for j := range c.Devices {
			d := &c.Devices[j]
			sight := d.sight(needs)
			d.Sights[rule.ID] = sight
			switch sight {
			case Runnable:
				h.Runnable++
			case Partial:
				h.Partial++
			case Blind:
				h.Blind++
			default:
				h.Unknown++
			}
		}
		c.Hunts = append(c.Hunts, h)
		for _, n := range needs {
			key := strings.Join(n.Any, "|")
			l := lacks[key]
			if l == nil {
				l = &Lack{For: n.For, Devices: c.Blind(n.Any)}
				for _, name := range n.Any {
					l.Kinds = append(l.Kinds, kindOf(name))
				}
				lacks[key] = l
				order = append(order, key)
			}
			l.Hunts = append(l.Hunts, rule.ID)
		}
	}
	for _, key := range order {
		if l := lacks[key]; len(l.Devices) > 0 {
			c.Lacks = append(c.Lacks, *l)
		}
	}
	sort.SliceStable(c.Lacks, func(i, j int) bool {
		return len(c.Lacks[i].Devices)*len(c.Lacks[i].Hunts) > len(c.Lacks[j].Devices)*len(c.Lacks[j].Hunts)
	})
}

// sight judges what a rule needs by one device's evidence.
func (d *DeviceCoverage) sight(needs []Need) Sight {
	if len(needs) == 0 {
		return Unknown
	}
	met := 0
	for _, n := range needs {
		for _, kind := range n.Any {
			if d.Kinds[kind] > 0 {
				met++
				break
			}
		}
	}
	switch met {
	case len(needs):
		return Runnable
	case 0:
		return Blind
	}
	return Partial
}

// needs are what a rule lives on, as it says or as its tables tell.
func (r *Rule) needs() []Need {
	if len(r.Evidence) > 0 {
		return r.Evidence
	}
	return needsOf(r.Tables)
}

// needs are those of a rule's needs that the case can be asked for.
func (c *Coverage) needs(r *Rule) []Need {
	return slices.DeleteFunc(slices.Clone(r.needs()), func(n Need) bool {
		return !slices.ContainsFunc(n.Any, func(name string) bool { return !c.unasked[name] })
	})
}

// Survey says what evidence a case holds and lacks, and which rules can see on which
// device, without running them.
func Survey(ctx context.Context, rules []Rule, q Querier) (*Coverage, error) {
	c := survey(ctx, q, rules)
	c.look(ctx, q)
	c.judge(rules)
	return &c, ctx.Err()
}
