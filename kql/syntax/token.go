package syntax

import "github.com/goshawk-hunt/goshawk/source"

// kind is the lexical kind of a token.
type kind uint8

const (
	kEOF      kind = iota
	kBad           // a character outside the language; the lexer has reported it
	kWord          // identifier or keyword, see token.word
	kString        // one string literal
	kLong          // 12, 0x1F
	kReal          // 1.5, 1e3
	kTimeSpan      // 2h, 1.5d
	kBool          // true, false
	kGUID          // a guid without guid(..)
	kTyped         // datetime(..), int(..): a type and everything up to ")"
	kLParen
	kRParen
	kLBracket
	kRBracket
	kLBrace
	kRBrace
	kBar
	kDotDot
	kDot
	kPlus
	kMinus
	kStar
	kSlash
	kPercent
	kLess
	kLessEqual
	kLessBar
	kNotEqual // != and <>
	kGreater
	kGreaterEqual
	kAssign
	kEqual
	kArrow // =>
	kEqualTilde
	kNotTilde
	kColon
	kSemicolon
	kComma
	kAt
	kQuestion
)

// token is one lexeme. Text between tokens is white space and comments.
type token struct {
	kind       kind
	word       word // of kWord
	start, end int32
	match      int32 // index of the matching bracket, -1 if there is none
}

func (t token) span() source.Span { return source.Span{Start: int(t.start), End: int(t.end)} }

// opener reports whether k opens a bracket pair.
func (k kind) opener() bool { return k == kLParen || k == kLBracket || k == kLBrace }

// closer returns the bracket that closes k.
func (k kind) closer() kind {
	switch k {
	case kLParen:
		return kRParen
	case kLBracket:
		return kRBracket
	}
	return kRBrace
}

// text is how a message names the kind.
func (k kind) text() string {
	switch k {
	case kEOF:
		return "end of query"
	case kWord:
		return "name"
	case kString:
		return "string"
	case kLParen:
		return "'('"
	case kRParen:
		return "')'"
	case kLBracket:
		return "'['"
	case kRBracket:
		return "']'"
	case kLBrace:
		return "'{'"
	case kRBrace:
		return "'}'"
	case kBar:
		return "'|'"
	case kDotDot:
		return "'..'"
	case kAssign:
		return "'='"
	case kArrow:
		return "'=>'"
	case kColon:
		return "':'"
	case kSemicolon:
		return "';'"
	case kComma:
		return "','"
	}
	return "token"
}
