package normalize

import (
	"strings"
	"unicode/utf8"
)

const (
	// maxInterned is how many different headers a source may have, maxHeaderText how long the
	// texts of one may be together: events of more are stored whole. Real logs have some
	// dozens, of a hundred bytes.
	maxInterned   = 1 << 12
	maxHeaderText = 1 << 10
	// headerBits are those of a header's number within its source.
	headerBits = 20
)

// eventHeader is what an event shares with others.
type eventHeader struct {
	provider, channel, computer, user, device string
	keywords                                  uint64
	task                                      uint16
	level, opcode, version                    uint8
	recovered                                 bool
}

// interned are the headers of a source so far.
type interned struct {
	all map[eventHeader]*numbered
	// recent are those of the last events, by the lowest bits of the event's id: the events of
	// one id mostly have the same.
	recent [1 << 7]*numbered
}

// numbered is a header with its number, and texts that stay.
type numbered struct {
	eventHeader
	number int64
}

// headerOf gives the number of an event's header, whose row it gives out when it is new.
// Without one, 0, the event must be stored whole.
func (n *Normalizer) headerOf(ev *event) (int64, error) {
	h := eventHeader{
		provider: ev.Provider, channel: ev.Channel, computer: ev.Computer, user: ev.UserID, device: ev.device.id,
		keywords: ev.Keywords, task: ev.Task, level: ev.Level, opcode: ev.Opcode, version: ev.Version, recovered: ev.Recovered,
	}
	recent := &n.interned.recent[ev.EventID%uint32(len(n.interned.recent))]
	if known := *recent; known != nil && known.eventHeader == h {
		return known.number, nil
	}
	known := n.interned.all[h]
	if known == nil {
		var err error
		if known, err = n.intern(ev, h); known == nil || err != nil {
			return 0, err
		}
	}
	*recent = known
	return known.number, nil
}

// intern gives out the row of a header, nil if it can't be one.
func (n *Normalizer) intern(ev *event, h eventHeader) (*numbered, error) {
	all := n.interned.all
	if len(all) >= maxInterned || !n.fit(h.provider, h.channel, h.computer, h.user, h.device) {
		return nil, nil
	}
	if all == nil {
		all = map[eventHeader]*numbered{}
		n.interned.all = all
	}
	h.provider, h.channel, h.computer = strings.Clone(h.provider), strings.Clone(h.channel), strings.Clone(h.computer)
	h.user, h.device = strings.Clone(h.user), strings.Clone(h.device)
	known := &numbered{h, n.opt.Source<<headerBits + int64(len(all)) + 1}
	all[h] = known
	t := n.eventHeader
	t.begin()
	n.shared(t, ev)
	t.int(cSourceId, n.opt.Source)
	t.int(cHeader, known.number)
	return known, n.emit(t)
}

// fit says whether texts may be those of a header: a text that is not valid is a problem of
// each event that has it.
func (n *Normalizer) fit(texts ...string) bool {
	size := 0
	for _, s := range texts {
		size += len(s)
		if !n.valid && !utf8.ValidString(s) {
			return false
		}
	}
	return size <= maxHeaderText
}
