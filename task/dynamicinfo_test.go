package task

import (
	"encoding/binary"
	"testing"
)

func TestParseDynamicInfo(t *testing.T) {
	le := binary.LittleEndian
	b := le.AppendUint64(le.AppendUint64(le.AppendUint32(nil, 3), 133500000000000000), 0)
	b = le.AppendUint32(le.AppendUint32(b, 0), 0x80070002)
	want := DynamicInfo{Created: 638411232000000000, LastError: 0x80070002}
	if got, err := ParseDynamicInfo(b); err != nil || got != want {
		t.Errorf("28 bytes: %+v, %v", got, err)
	}
	want.LastSuccess = 638411232000000001
	if got, err := ParseDynamicInfo(le.AppendUint64(b, 133500000000000001)); err != nil || got != want {
		t.Errorf("36 bytes: %+v, %v", got, err)
	}
	for _, bad := range [][]byte{nil, b[:27], make([]byte, 36)} {
		if _, err := ParseDynamicInfo(bad); err == nil {
			t.Errorf("%d bytes: no error", len(bad))
		}
	}
}
