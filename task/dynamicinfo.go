package task

import (
	"encoding/binary"
	"fmt"
)

// DynamicInfo is what the registry keeps of a task's life. Times are ticks, 0 if never.
type DynamicInfo struct {
	Created, LastRun int64
	State, LastError uint32
	LastSuccess      int64 // since Windows 10
}

// ParseDynamicInfo reads the DynamicInfo value: 28 bytes, or 36 since Windows 10. The
// format is not documented by Microsoft; it is known from analysis.
func ParseDynamicInfo(b []byte) (DynamicInfo, error) {
	le := binary.LittleEndian
	if len(b) != 28 && len(b) != 36 {
		return DynamicInfo{}, fmt.Errorf("%d bytes, expected 28 or 36", len(b))
	}
	if v := le.Uint32(b); v != 3 {
		return DynamicInfo{}, fmt.Errorf("version %d, expected 3", v)
	}
	d := DynamicInfo{Created: fileTime(b[4:]), LastRun: fileTime(b[12:]), State: le.Uint32(b[20:]), LastError: le.Uint32(b[24:])}
	if len(b) == 36 {
		d.LastSuccess = fileTime(b[28:])
	}
	return d, nil
}

// fileTime reads a FILETIME, 0 if it is none of our time.
func fileTime(b []byte) int64 {
	const epoch = 504911232000000000 // 1601-01-01 in ticks
	n := binary.LittleEndian.Uint64(b)
	if n == 0 || n > 1<<61 {
		return 0
	}
	return int64(n) + epoch
}
