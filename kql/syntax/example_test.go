package syntax_test

import (
	"fmt"

	"github.com/goshawk-hunt/goshawk/kql/syntax"
	"github.com/goshawk-hunt/goshawk/source"
)

func ExampleParse() {
	f := source.NewFile("query", "DeviceEvents\n| where ActionType = 'ScheduledTaskCreated'\n| summarise count()")
	_, diags := syntax.Parse(f)
	fmt.Println(&source.Diagnostics{File: f, List: diags})
	// Output:
	// query:2:20: error KQL0013: found '=', which gives a name to a value and does not compare
	//   | where ActionType = 'ScheduledTaskCreated'
	//                      ~
	//   hint: write == to compare, or =~ to ignore case
	// query:3:3: error KQL0010: unknown operator 'summarise'
	//   | summarise count()
	//     ~~~~~~~~~
	//   hint: did you mean 'summarize'?
}

func ExamplePrint() {
	s, _ := syntax.Parse(source.NewFile("query", "T|where a=~'x' and(b>1h)|project-away b*"))
	fmt.Println(syntax.Print(s))
	// Output:
	// T
	// | where a =~ "x" and (b > 1h)
	// | project-away b*
}

func ExampleWalk() {
	s, _ := syntax.Parse(source.NewFile("query", "T | join (U | take 5) on a"))
	syntax.Walk(s, func(n syntax.Node) bool {
		if op, ok := n.(syntax.Operator); ok {
			fmt.Printf("%T\n", op)
		}
		return true
	})
	// Output:
	// *syntax.JoinOp
	// *syntax.TakeOp
}
