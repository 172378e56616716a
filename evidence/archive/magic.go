package archive

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goshawk-hunt/goshawk/evidence/text"
)

// containerOf names the container format that head starts, "" if it is none.
func containerOf(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")), bytes.HasPrefix(head, []byte("PK\x07\x08PK\x03\x04")):
		return "zip"
	case bytes.HasPrefix(head, []byte("7z\xBC\xAF\x27\x1C")):
		return "7z"
	case bytes.HasPrefix(head, []byte{0x1F, 0x8B, 8}):
		return "gzip"
	case bytes.HasPrefix(head, []byte{0x28, 0xB5, 0x2F, 0xFD}):
		return "zstd"
	case bytes.HasPrefix(head, []byte{0x04, 0x22, 0x4D, 0x18}):
		return "lz4"
	case len(head) >= 10 && bytes.HasPrefix(head, []byte("BZh")) && (string(head[4:10]) == "1AY&SY" || string(head[4:10]) == "\x17\x72\x45\x38\x50\x90"):
		return "bzip2"
	case bytes.HasPrefix(head, []byte(xzMagic)):
		return "xz"
	case isLZMA(head):
		return "lzma"
	case isAvro(head):
		return "avro"
	case isTar(head):
		return "tar"
	}
	return ""
}

// isLZMA recognises the header of the old form of LZMA, which has no magic: its usual
// properties, a dictionary of a size that is one or one and a half power of two, and a
// size that is not known or below 256 GiB.
func isLZMA(head []byte) bool {
	if len(head) < 13 || head[0] != 0x5D {
		return false
	}
	dictionary := binary.LittleEndian.Uint32(head[1:])
	size := binary.LittleEndian.Uint64(head[5:])
	top := uint32(1) << (31 - bits.LeadingZeros32(dictionary|1))
	return dictionary >= 1<<12 && (dictionary == top || dictionary == top|top>>1) && (size == math.MaxUint64 || size < 1<<38)
}

// isTar checks the sum of a tar's first header.
func isTar(head []byte) bool {
	if len(head) < 512 || head[0] == 0 {
		return false
	}
	field := strings.Trim(string(head[148:156]), " \x00")
	want, err := strconv.ParseUint(field, 8, 32)
	if err != nil {
		return false
	}
	var sum uint64
	for i, b := range head[:512] {
		if i >= 148 && i < 156 {
			b = ' '
		}
		sum += uint64(b)
	}
	return sum == want
}

// lfsPointer starts every file that Git LFS left in place of the content.
const lfsPointer = "version https://git-lfs.github.com/spec/v1\n"

// enveloped is the object identifier 1.2.840.113549.1.7.3 of enveloped data in DER.
const enveloped = "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x03"

// describe says what content that no reader takes is. refused is true when there
// is something of worth behind it that we cannot get at.
func describe(head []byte) (why string, refused bool) {
	if rest, ok := bytes.CutPrefix(head, []byte(lfsPointer)); ok {
		_, size, _ := strings.Cut(string(rest), "\nsize ")
		size, _, _ = strings.Cut(size, "\n")
		if _, err := strconv.ParseInt(size, 10, 64); err != nil {
			size = "unknown"
		}
		return fmt.Sprintf("pointer of Git LFS, the content (%s bytes) was never fetched", size), true
	}
	for _, m := range magics {
		if len(head) >= m.at && bytes.HasPrefix(head[m.at:], []byte(m.bytes)) {
			return m.name, m.refused
		}
	}
	if len(head) >= 32 && head[0] == 0x30 && bytes.Contains(head[:32], []byte(enveloped)) {
		return "PKCS #7 envelope such as DFIR-ORC's .p7b, not supported: open it first, with openssl cms -decrypt or orc-decrypt", true
	}
	if len(head) >= 20 && bytes.HasPrefix(head[2:], []byte{1, 0}) && head[1] <= 0x0A && binary.LittleEndian.Uint16(head) >= 0x0400 {
		return "legacy scheduled task (.job), no reader for it", false
	}
	if len(head) > 0 && len(bytes.Trim(head, "\x00")) == 0 {
		return fmt.Sprintf("nothing but zeros (the first %d bytes): a copy that was never filled, or a file that was wiped", len(head)), false
	}
	if t := text.Head(head); mostlyText(t) {
		for _, k := range texts {
			if k.is(t) {
				return k.name, true
			}
		}
		return "text of no known format", false
	}
	return "binary content of no known format", false
}

// magics are the formats that evidence folders are full of, by their first bytes.
var magics = []struct {
	at      int
	bytes   string
	name    string
	refused bool
}{
	{0, "Rar!\x1A\x07", "RAR archive, not supported: expand it first", true},
	{0, "MSCF", "cabinet archive, not supported: expand it first", true},
	{0, "EVF\x09\x0D\x0A\xFF\x00", "EnCase disk image, not supported: mount or extract it first", true},
	{0, "EVF2\x0D\x0A\x81\x00", "EnCase disk image, not supported: mount or extract it first", true},
	{0, "LVF\x09\x0D\x0A\xFF\x00", "EnCase logical image, not supported: extract it first", true},
	{0, "ADSEGMENTEDFILE", "FTK image (AD1), not supported: extract it first", true},
	{0, "age-encryption.org/v1", "file encrypted with age, not supported: decrypt it first", true},
	{0, "Salted__", "file encrypted with openssl enc, not supported: decrypt it first", true},
	{0, "conectix", "virtual disk (VHD), not supported: mount or extract it first", true},
	{0, "vhdxfile", "virtual disk (VHDX), not supported: mount or extract it first", true},
	{0, "KDMV", "virtual disk (VMDK), not supported: mount or extract it first", true},
	{0, "regf", "registry hive, no reader for it", false},
	{0, "HvLE", "registry transaction log, no reader for it", false},
	{0, "LfLe", "event log of Windows XP or 2003 (.evt), not supported: convert it with wevtutil epl OLD.evt NEW.evtx /lf:true", true},
	{4, "LfLe", "event log of Windows XP or 2003 (.evt), not supported: convert it with wevtutil epl OLD.evt NEW.evtx /lf:true", true},
	{0, "FILE0", "NTFS master file table, no reader for it", false},
	{0, "MAM\x04", "prefetch file, no reader for it", false},
	{4, "SCCA", "prefetch file, no reader for it", false},
	{0, "MZ", "Windows program", false},
	{0, "\x7FELF", "Linux program", false},
	{0, "SQLite format 3\x00", "SQLite database", false},
	{4, "\xEF\xCD\xAB\x89", "ESE database", false},
	{0, avroMagic, "Avro file that is no capture of Event Hub", false},
	{0, "PAR1", "Parquet file, no reader for it", false},
	{0, "%PDF", "PDF document", false},
	{0, "\x89PNG", "PNG image", false},
	{0, "\xFF\xD8\xFF", "JPEG image", false},
	{0, "GIF8", "GIF image", false},
	{0, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "OLE document", false},
	{0, "L\x00\x00\x00\x01\x14\x02\x00", "Windows shortcut", false},
	{0, "\xD4\xC3\xB2\xA1", "network capture", false},
	{0, "\x0A\x0D\x0D\x0A", "network capture", false},
	{0, "PAGEDU", "memory dump", false},
	{0, "PMDL", "memory dump", false},
}

// texts are forms of events as text that lose what the events say, or that nothing reads,
// with the way out.
var texts = []struct {
	is   func(head []byte) bool
	name string
}{
	{begins("Event[0]"), "events as wevtutil's text, which loses their data: export the log with wevtutil epl LOG FILE.evtx"},
	{begins("Level,Date and Time,Source,", "Keywords,Date and Time,Source,", "Level\tDate and Time\tSource\t", "Keywords\tDate and Time\tSource\t"),
		"Event Viewer's list, which loses the events' data: save the log as .evtx or XML"},
	{begins("#TYPE System.Diagnostics.Eventing.Reader.EventLogRecord"),
		"Get-WinEvent's CSV, which loses the events' data: export the log with wevtutil epl LOG FILE.evtx"},
	{begins("#TYPE System.Diagnostics.EventLogEntry", "#TYPE Selected.System.Diagnostics.Eventing"),
		"events as PowerShell's CSV, which loses their data: export the log with wevtutil epl LOG FILE.evtx"},
	{begins("<Objs "), "objects of PowerShell (CLIXML), not supported: write them with ConvertTo-Json -Depth 3, or export the log with wevtutil epl LOG FILE.evtx"},
	{begins(`"TaskName","Next Run Time"`, `"HostName","TaskName","Next Run Time","Status"`+"\r", "Folder: \\"),
		"schtasks' list without what the tasks run: write it with schtasks /query /v /fo csv, or collect System32\\Tasks"},
	{begins("#TYPE Microsoft.Management.Infrastructure.CimInstance#Root/Microsoft/Windows/TaskScheduler", `"State","Actions","Author"`),
		"Get-ScheduledTask's CSV, which loses what the tasks run: collect System32\\Tasks, or write schtasks /query /xml"},
	{begins("Time,Entry Location,Entry,", `"Time","Entry Location","Entry",`, "Time\tEntry Location\tEntry\t"),
		"Autoruns' list, not supported: collect System32\\Tasks and the SOFTWARE hive"},
	{begins("<results preview=", "<?xml version='1.0' encoding='UTF-8'?>\n<results preview="),
		"Splunk's XML, not supported: export the search as CSV or JSON, with _raw"},
	{begins("_time", "\"_time\""), "Splunk's CSV without _raw, which loses the events' data: export the events with it"},
}

// begins says whether a text begins with one of some words.
func begins(words ...string) func([]byte) bool {
	return func(head []byte) bool {
		head = bytes.TrimLeft(head, "\uFEFF \t\r\n")
		for _, w := range words {
			if bytes.HasPrefix(head, []byte(w)) {
				return true
			}
		}
		return false
	}
}

// mostlyText says whether hardly a character of b is one that texts do not have.
func mostlyText(b []byte) bool {
	b = b[:min(len(b), 4096)]
	odd, all := 0, 0
	for _, r := range string(b) {
		all++
		if r == utf8.RuneError || r < ' ' && r != '\t' && r != '\r' && r != '\n' {
			odd++
		}
	}
	return odd*20 < all
}
