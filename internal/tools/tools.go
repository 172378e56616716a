// Package tools pins the programs that check the code; it holds no code.
package tools
