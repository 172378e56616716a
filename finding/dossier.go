package finding

// Dossier is the life of a finding's task as far as the case tells it: who asked, how
// it was defined and changed, when it ran, what it started, what that did, and what
// ended it. Every edge names the rows that prove it and says how sure it is; what the
// case can't tell is a gap, never a guess.
type Dossier struct {
	// Devices are those whose life is told; OtherDevices have the same task too, and
	// Others counts them.
	Devices      []string `json:"devices"`
	Others       int      `json:"others,omitempty"`
	OtherDevices []string `json:"otherDevices,omitempty"`

	// Nodes and Edges are one graph; an edge names its ends by their place in Nodes.
	Nodes []Node `json:"nodes,omitempty"`
	Edges []Edge `json:"edges,omitempty"`
	// Definitions are in order of time; the definitions of stores, which carry no time
	// of change, come last.
	Definitions []Definition `json:"definitions,omitempty"`
	Runs        []Run        `json:"runs,omitempty"`
	Effects     []Effect     `json:"effects,omitempty"`
	Gaps        []Gap        `json:"gaps,omitempty"`
	// More counts what was left out because it was too much.
	More int `json:"more,omitempty"`
}

// Chapter is a part of a task's life.
type Chapter string

// The chapters, in the order in which they are told.
const (
	Origin    Chapter = "origin"     // who asked, from where
	Defined   Chapter = "definition" // created, changed, stored
	Execution Chapter = "run"        // runs and what they started
	Behaved   Chapter = "effect"     // what the started processes did
	End       Chapter = "end"        // disabled, deleted
)

// NodeKind says what a node of the graph is.
type NodeKind string

// The kinds of nodes.
const (
	HostNode    NodeKind = "host"    // another computer, by its address
	AccountNode NodeKind = "account" // an account, with its logon where that is known
	ProcessNode NodeKind = "process"
	TaskNode    NodeKind = "task"
)

// Node is something in the life of a task.
type Node struct {
	Kind   NodeKind `json:"kind"`
	Device string   `json:"device,omitempty"`
	// Label is the address, account, file name or task path; Detail the command line,
	// the kind of logon, the action.
	Label   string `json:"label"`
	Detail  string `json:"detail,omitempty"`
	Time    Time   `json:"time"`
	Ended   Time   `json:"ended"` // of a process, zero where no row says it
	PID     int64  `json:"pid,omitempty"`
	Account string `json:"account,omitempty"`
	SHA1    string `json:"sha1,omitempty"`
	// Role of a process: creator, started, child, parent, writer or planter.
	Role string `json:"role,omitempty"`
}

// Confidence says how sure an edge is.
type Confidence string

// The confidences.
const (
	// Certain: the rows name each other by something that is unique on the device, such
	// as a process id with its creation time, a run's id, or the event says it itself.
	Certain Confidence = "certain"
	// Likely: an identifier that may be used again agrees, or a whole command line,
	// and the time fits.
	Likely Confidence = "likely"
	// Possible: only account or file name and the time fit.
	Possible Confidence = "possible"
)

// Edge is one statement: From did Verb to To.
type Edge struct {
	Chapter Chapter `json:"chapter"`
	From    int     `json:"from"`
	To      int     `json:"to"`
	Verb    string  `json:"verb"`
	// Object is what the statement is about where that is neither of its ends: the file
	// or the registry value that an action of the task names.
	Object string `json:"object,omitempty"`
	// Content is what was written into the object, as far as a row has it: the value,
	// decoded where it is Base64, or the file's SHA-1.
	Content    string     `json:"content,omitempty"`
	Time       Time       `json:"time"`
	Confidence Confidence `json:"confidence"`
	// Why says what the statement rests on.
	Why   string   `json:"why"`
	Proof []Source `json:"proof"`
}

// Definition is the task as one event or store has it.
type Definition struct {
	Time   Time   `json:"time"`
	Device string `json:"device,omitempty"`
	// How: created, updated, or the name of the store.
	How       string       `json:"how"`
	By        string       `json:"by,omitempty"`
	Actions   []TaskAction `json:"actions,omitempty"`
	Principal string       `json:"principal,omitempty"`
	RunLevel  string       `json:"runLevel,omitempty"`
	Starting
	Hidden bool `json:"hidden,omitempty"`
	// Changes are what differs from the definition before, one sentence each.
	Changes []string `json:"changes,omitempty"`
	Proof   Source   `json:"proof"`
}

// Run is one run of the task.
type Run struct {
	Device   string `json:"device,omitempty"`
	Instance string `json:"instance,omitempty"`
	// Cause says what started the run: by hand, at logon, by a time.
	Cause  string `json:"cause,omitempty"`
	Began  Time   `json:"began"`
	Ended  Time   `json:"ended"`
	Action string `json:"action,omitempty"`
	As     string `json:"as,omitempty"`
	PID    int64  `json:"pid,omitempty"`
	// Result is the result code in hexadecimal with its meaning, "" when no event has one.
	Result     string     `json:"result,omitempty"`
	Confidence Confidence `json:"confidence"`
	Why        string     `json:"why,omitempty"`
	Proof      []Source   `json:"proof"`
}

// Effect is what a process of the task did: rows of one kind about one object.
type Effect struct {
	// Process is the place of the process in Nodes.
	Process int    `json:"process"`
	Kind    string `json:"kind"` // network, credentials, file, registry, image, other
	What    string `json:"what"`
	Count   int    `json:"count"`
	Time    Time   `json:"time"` // of the first
	// Confidence is that of the process being the one.
	Confidence Confidence `json:"confidence"`
	Proof      Source     `json:"proof"`
}

// Gap is something that the case can't tell.
type Gap struct {
	Chapter Chapter `json:"chapter"`
	Text    string  `json:"text"`
	// Hint says which evidence would tell.
	Hint string `json:"hint,omitempty"`
}
