package evtx

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// Tokens of binary XML, MS-EVEN6 section 2.2.12. Bit 0x40 says that more
// follows; only for an element does it change the layout.
const (
	tokenEOF            = 0x00
	tokenElement        = 0x01
	tokenCloseStart     = 0x02
	tokenCloseEmpty     = 0x03
	tokenEnd            = 0x04
	tokenText           = 0x05
	tokenAttribute      = 0x06
	tokenCDATA          = 0x07
	tokenCharRef        = 0x08
	tokenEntityRef      = 0x09
	tokenPITarget       = 0x0a
	tokenPIData         = 0x0b
	tokenInstance       = 0x0c
	tokenSubstitution   = 0x0d
	tokenOptional       = 0x0e
	tokenFragmentHeader = 0x0f
	tokenMore           = 0x40
)

// fragmentHeader is the fragment header token with version 1.1 and no flags.
const fragmentHeader = 0x0001010f

type nodeKind uint8

const (
	nodeElement  nodeKind = iota + 1
	nodeText              // text
	nodeCDATA             // text
	nodeCharRef           // text; sub holds the code
	nodeEntity            // name; text is what it stands for
	nodePI                // name, text
	nodeSub               // sub, optional
	nodeInstance          // inst
)

// node is a part of a parsed fragment or template definition: what is written,
// with substitutions still open.
type node struct {
	kind     nodeKind
	optional bool
	sub      uint16
	name     string // as written, with its prefix
	text     string
	attrs    []attribute
	kids     []node
	inst     *instance
}

type attribute struct {
	name string
	kids []node
}

// instance is a template with its values.
type instance struct {
	tmpl *template
	subs []sub
}

// maxDepth bounds how deep elements and templates may nest.
const maxDepth = 64

var (
	errDepth = errors.New("binary xml nests deeper than 64 levels")
	errWork  = errors.New("records of the chunk expand to far more than the chunk can hold")
)

// parser reads binary XML of one chunk into nodes.
type parser struct {
	c     *chunkReader
	pos   int
	end   int
	depth int
	// dependency says that elements carry a dependency identifier, as they do
	// in template definitions and not always outside.
	dependency bool
	// names collects the name references of a template definition; local is set
	// when the definition holds something else that is only true in its chunk.
	names *[]nameRef
	local bool
}

// fragment reads what stands at pos: a fragment header if there is one, then
// content up to the end-of-file token or the end of the data.
func (p *parser) fragment() ([]node, error) {
	data := p.c.data
	for p.pos+4 <= p.end && data[p.pos]&^tokenMore == tokenFragmentHeader {
		p.pos += 4
	}
	if p.pos < p.end && data[p.pos]&^tokenMore == tokenElement {
		p.dependency = p.guessDependency()
	}
	nodes, err := p.content()
	if err != nil {
		return nodes, err
	}
	if p.pos < p.end && data[p.pos] != tokenEOF {
		return nodes, fmt.Errorf("binary xml token 0x%02x at the end of a fragment", data[p.pos])
	}
	if p.pos < p.end {
		p.pos++
	}
	return nodes, nil
}

// guessDependency tells whether the element at pos has a dependency identifier.
// The format does not say so: the layout whose name reference holds wins, the
// one with an identifier if both do.
func (p *parser) guessDependency() bool {
	holds := func(at int) bool {
		if at+8 > p.end {
			return false
		}
		size := int(binary.LittleEndian.Uint32(p.c.data[at:]))
		off := int(binary.LittleEndian.Uint32(p.c.data[at+4:]))
		if size < 0 || size > p.end-at || off > at+8 {
			return false
		}
		_, ok := nameAt(p.c.data, off)
		return ok
	}
	return holds(p.pos+3) || !holds(p.pos+1)
}

// content reads nodes until a token that closes or begins something else, which
// it leaves in place.
func (p *parser) content() ([]node, error) {
	if p.depth >= maxDepth {
		return nil, errDepth
	}
	p.depth++
	defer func() { p.depth-- }()
	var nodes []node
	for p.pos < p.end {
		tok := p.c.data[p.pos]
		switch tok &^ tokenMore {
		case tokenEOF, tokenCloseStart, tokenCloseEmpty, tokenEnd, tokenAttribute:
			return nodes, nil
		}
		if err := p.c.charge(16); err != nil {
			return nodes, err
		}
		var n node
		err := p.node(&n, tok)
		if last := len(nodes) - 1; n.kind == nodePI && n.name == "" && last >= 0 && nodes[last].kind == nodePI {
			nodes[last].text = n.text
		} else if n.kind != 0 {
			nodes = append(nodes, n)
		}
		if err != nil {
			return nodes, err
		}
	}
	return nodes, nil
}

// node reads the node that begins with tok. On an error n holds what was read.
func (p *parser) node(n *node, tok byte) (err error) {
	switch tok &^ tokenMore {
	case tokenElement:
		return p.element(n, tok)
	case tokenText:
		return p.value(n)
	case tokenCDATA:
		p.pos++
		n.kind = nodeCDATA
		n.text, err = p.counted()
	case tokenCharRef:
		b, err := p.take(3)
		if err != nil {
			return err
		}
		n.kind = nodeCharRef
		n.sub = binary.LittleEndian.Uint16(b[1:])
		n.text = string(rune(n.sub))
	case tokenEntityRef:
		p.pos++
		n.kind = nodeEntity
		n.name, err = p.name()
		n.text = entityText(n.name)
	case tokenPITarget:
		p.pos++
		n.kind = nodePI
		n.name, err = p.name()
	case tokenPIData:
		p.pos++
		n.kind = nodePI
		n.text, err = p.counted()
	case tokenSubstitution, tokenOptional:
		b, err := p.take(4)
		if err != nil {
			return err
		}
		n.kind = nodeSub
		n.optional = tok&^tokenMore == tokenOptional
		n.sub = binary.LittleEndian.Uint16(b[1:])
	case tokenInstance:
		p.local = true
		var inst instance
		var next int
		inst.tmpl, inst.subs, next, err = p.c.instance(p.pos, p.end, nil)
		if inst.tmpl != nil {
			n.kind = nodeInstance
			n.inst = &inst
		}
		p.pos = max(next, p.pos+1)
	case tokenFragmentHeader:
		_, err = p.take(4)
	default:
		return fmt.Errorf("unknown binary xml token 0x%02x", tok)
	}
	return err
}

// element reads an element with its attributes and content.
func (p *parser) element(n *node, tok byte) error {
	head := 5
	if p.dependency {
		head = 7
	}
	if _, err := p.take(head); err != nil {
		return err
	}
	name, err := p.name()
	if err != nil {
		return err
	}
	n.kind = nodeElement
	n.name = name
	if tok&tokenMore != 0 {
		if _, err := p.take(4); err != nil {
			return err
		}
		if err := p.attributes(n); err != nil {
			return err
		}
	}
	b, err := p.take(1)
	if err != nil {
		return err
	}
	switch b[0] {
	case tokenCloseEmpty:
		return nil
	case tokenCloseStart:
	default:
		return fmt.Errorf("binary xml token 0x%02x in the start tag of %q", b[0], n.name)
	}
	if n.kids, err = p.content(); err != nil {
		return err
	}
	if b, err = p.take(1); err != nil {
		return err
	}
	if b[0] != tokenEnd {
		return fmt.Errorf("binary xml token 0x%02x where %q should end", b[0], n.name)
	}
	return nil
}

func (p *parser) attributes(n *node) error {
	for p.pos < p.end && p.c.data[p.pos]&^tokenMore == tokenAttribute {
		p.pos++
		if err := p.c.charge(16); err != nil {
			return err
		}
		var a attribute
		var err error
		if a.name, err = p.name(); err != nil {
			return err
		}
		a.kids, err = p.content()
		n.attrs = append(n.attrs, a)
		if err != nil {
			return err
		}
	}
	return nil
}

// value reads a value written in place. All but strings are unheard of, yet
// have an obvious reading: the value in its own size.
func (p *parser) value(n *node) error {
	b, err := p.take(2)
	if err != nil {
		return err
	}
	n.kind = nodeText
	size := 0
	switch typ := b[1]; typ {
	case typeNull:
		return nil
	case typeString:
		n.text, err = p.counted()
		return err
	case typeInt8, typeUint8:
		size = 1
	case typeInt16, typeUint16:
		size = 2
	case typeInt32, typeUint32, typeReal32, typeBool, typeHex32:
		size = 4
	case typeInt64, typeUint64, typeReal64, typeFiletime, typeHex64:
		size = 8
	case typeGUID, typeSystemtime:
		size = 16
	default:
		return fmt.Errorf("value of type 0x%02x written in place", typ)
	}
	raw, err := p.take(size)
	if err != nil {
		return err
	}
	n.text = strings.Clone(p.c.scalar(raw, b[1]).Text())
	return nil
}

// counted reads a string with its number of characters before it.
func (p *parser) counted() (string, error) {
	b, err := p.take(2)
	if err != nil {
		return "", err
	}
	b, err = p.take(2 * int(binary.LittleEndian.Uint16(b)))
	if err != nil {
		return "", err
	}
	if err := p.c.charge(len(b)); err != nil {
		return "", err
	}
	return p.c.intern(trimNUL(b)), nil
}

// take returns the next n bytes and steps over them.
func (p *parser) take(n int) ([]byte, error) {
	if n > p.end-p.pos {
		return nil, fmt.Errorf("binary xml ends within a token: %d bytes left of %d", p.end-p.pos, n)
	}
	b := p.c.data[p.pos : p.pos+n]
	p.pos += n
	return b, nil
}

// nameRef is the place of a name reference in a template definition.
type nameRef struct {
	at     int    // of the reference, from the start of the chunk
	inline bool   // the name follows the reference
	units  []byte // the name as UTF-16LE, for references to elsewhere
}

// name reads a name reference, and the name itself if it stands right behind.
func (p *parser) name() (string, error) {
	at := p.pos
	b, err := p.take(4)
	if err != nil {
		return "", err
	}
	off := int(binary.LittleEndian.Uint32(b))
	units, ok := nameAt(p.c.data, off)
	if !ok {
		return "", fmt.Errorf("name at offset %d, which holds none", off)
	}
	inline := off == p.pos
	if inline {
		if _, err := p.take(nameHead + len(units) + 2); err != nil {
			return "", err
		}
	}
	if err := p.c.charge(len(units)); err != nil {
		return "", err
	}
	if p.names != nil {
		*p.names = append(*p.names, nameRef{at: at, inline: inline, units: units})
	}
	return p.c.intern(units), nil
}

// nameHead is what stands before the characters of a name: the offset of the
// next name in the chunk's string table, a hash and the number of characters.
const nameHead = 8

// nameAt returns the UTF-16LE characters of the name at off.
func nameAt(data []byte, off int) ([]byte, bool) {
	if off < 0 || off+nameHead > len(data) {
		return nil, false
	}
	n := 2 * int(binary.LittleEndian.Uint16(data[off+6:]))
	from := off + nameHead
	if n == 0 || from+n+2 > len(data) || data[from+n] != 0 || data[from+n+1] != 0 {
		return nil, false
	}
	return data[from : from+n], true
}

// entityText is what a named entity stands for. Windows knows the five of XML.
func entityText(name string) string {
	switch name {
	case "lt":
		return "<"
	case "gt":
		return ">"
	case "amp":
		return "&"
	case "quot":
		return `"`
	case "apos":
		return "'"
	}
	return "&" + name + ";"
}
