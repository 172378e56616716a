package jsonl

// foreignObjects are objects that lie beside evidence and are none, or hold evidence in a
// form that cannot be read, by the keys that they have.
var foreignObjects = []struct {
	keys []string
	what string
}{
	{[]string{"OSPath", "Command", "ComHandler"}, "Velociraptor's rows of Windows.System.TaskScheduler without their column _XML: let it upload the task files"},
	{[]string{"event", "sourcetype"}, splunkHint},
	{[]string{"client_id", "os_info"}, "Velociraptor's description of the machine, no evidence"},
	{[]string{"vfs_path", "file_size"}, "Velociraptor's list of the files that it fetched, no evidence"},
	{[]string{"vfs_path", "expected_size"}, "Velociraptor's list of the files that it fetched, no evidence"},
	{[]string{"client_id", "session_id", "request"}, "Velociraptor's account of the collection, no evidence"},
	{[]string{"client_time", "level", "message"}, "Velociraptor's log of the collection, no evidence"},
	{[]string{"_ts", "message"}, "Velociraptor's log of the collection, no evidence"},
	{[]string{"System", "StringInserts"}, "Fluent Bit's events as XML: let it write them without render_event_as_xml"},
}

const splunkHint = "message to Splunk's collector: export the events from Splunk, with their _raw"

// foreign says what an object of no known shape is, "" if that is not known.
func (d *doc) foreign(obj uint32) string {
	for i := range foreignObjects {
		if f := &foreignObjects[i]; d.hasAll(obj, f.keys...) {
			return f.what
		}
	}
	return ""
}
