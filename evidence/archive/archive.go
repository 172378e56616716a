// Package archive finds the evidence in what a defender has: files, folders and
// the archives in them, nested as they come. It opens by content, never by
// extension, decides which reader a file is for, and accounts for every single
// file: what is not read is named with the reason.
//
// Members of archives never reach the file system under their own names: small
// ones stay in memory, big ones go to a private folder of temporary files. All
// expansion is bounded by Limits. Start reading at Walk and File.
package archive

import (
	"context"

	"github.com/goshawk-hunt/goshawk/evidence"
)

// Outcome is what became of a file.
type Outcome uint8

const (
	// Read is a file that a reader takes, or a container whose members were visited.
	Read Outcome = iota + 1
	// Refused is a file that could not or must not be opened: no permission, a
	// link to a folder, encryption, a limit.
	Refused
	// Unknown is a file of a format that no reader takes.
	Unknown
	// Empty is a file of no bytes.
	Empty
	// Damaged is a file of which only a part can be had. Reader is set if that
	// part is worth reading.
	Damaged
	// Linked is a symbolic link to a file or folder that is read under its own name, or a
	// volume of an archive that is read with the first.
	Linked
)

// String names the outcome in one word.
func (o Outcome) String() string {
	switch o {
	case Read:
		return "read"
	case Refused:
		return "refused"
	case Unknown:
		return "unknown"
	case Empty:
		return "empty"
	case Damaged:
		return "damaged"
	case Linked:
		return "linked"
	}
	return "none"
}

// File is one file that was found, and what became of it.
type File struct {
	// Path names the file, with "!" before each member of an archive.
	Path string
	// Format is the format of the reader or the container: "evtx", "zip"; "" if
	// it is unknown.
	Format string
	// Size is the number of bytes of the content, expanded. For a member that
	// was not expanded it is what the archive says, 0 if it says nothing.
	Size int64
	// SHA256 identifies the content, in lower-case hexadecimal. It is set when
	// Reader is, unless Walker.Later put it off, and for a container that is a file
	// on disk, both unless Walker.Unsummed.
	SHA256 string
	// Disk is the part of the bytes on disk that this file accounts for. Over
	// all visited files it sums up to what Size counted.
	Disk int64
	// Outcome and Reason say what became of the file; Reason is "" for Read.
	Outcome Outcome
	Reason  string
	// Container is true for an archive or a compressed file, visited after its
	// members.
	Container bool

	// Reader is the reader to use on Input. Both are only set for a file to be
	// read, and Input only lives until visit returns.
	Reader evidence.Reader
	Input  evidence.Input

	sums <-chan sum // gives the one of the content, if that was put off
}

// Sum waits for the hash of a file that Walker.Later put off. Should the content not be
// readable to its end, Outcome and Reason say so.
func (f *File) Sum() {
	if f.sums != nil {
		f.summed(<-f.sums)
		f.sums = nil
	}
}

func (f *File) summed(s sum) {
	f.SHA256 = s.hex
	if s.err != nil {
		f.Outcome, f.Reason, f.SHA256 = Damaged, reason(s.err).Error(), ""
	}
}

// Limits bound what archives may expand to. A zero field takes the default.
type Limits struct {
	Expanded  int64 // bytes that one file on disk may expand to: 256 GiB
	Member    int64 // bytes of one member: 64 GiB
	Ratio     int64 // expanded to compressed bytes of a file on disk, counted above 256 MiB: 1100
	Depth     int   // containers within each other: 6
	Members   int   // members of all containers in a file on disk: 2,000,000
	InMemory  int64 // members up to this many bytes stay in memory: 16 MiB
	ratioFrom int64 // expanded bytes below which Ratio is not looked at
	rounds    int64 // of hashing for the keys of one container: 2^26, some seconds
}

func (l Limits) withDefaults() Limits {
	set := func(v *int64, def int64) {
		if *v == 0 {
			*v = def
		}
	}
	set(&l.Expanded, 256<<30)
	set(&l.Member, 64<<30)
	set(&l.Ratio, 1100) // deflate reaches 1032 at most, so one layer of it always passes
	set(&l.InMemory, 16<<20)
	set(&l.ratioFrom, 256<<20)
	set(&l.rounds, 1<<26)
	if l.Depth == 0 {
		l.Depth = 6
	}
	if l.Members == 0 {
		l.Members = 2_000_000
	}
	return l
}

// Walker walks files, folders and archives.
type Walker struct {
	Readers []evidence.Reader
	Limits  Limits
	// Passwords are tried on encrypted members, in this order.
	Passwords []string
	// TempDir is where the private folder of temporary files is made, "" for the
	// system's own place. It is made if it is missing.
	TempDir string
	// Later says of a file to be read that its hash is not wanted before: it is computed
	// while the file is visited, which may ask for it by File.Sum. Nil: of none.
	Later func(*File) bool
	// Unsummed says that no hash is wanted of what lies on disk.
	Unsummed bool
}

// Walk visits every file under paths, in a fixed order, with default limits. See
// Walker.Walk.
func Walk(ctx context.Context, paths []string, readers []evidence.Reader, visit func(*File) error) error {
	return (&Walker{Readers: readers}).Walk(ctx, paths, visit)
}

// Walk visits every file under paths: paths in the order given, folders by
// name, archives in their own order, a container after its members. A file that
// is reached twice is visited once. Symbolic links to files are followed, those to
// folders only where they are named in paths.
//
// It returns an error only when visit or ctx asked to stop, or when there is no
// place for temporary files. Everything else is a File with its Outcome.
func (w *Walker) Walk(ctx context.Context, paths []string, visit func(*File) error) error {
	r := &run{ctx: ctx, readers: w.Readers, limits: w.Limits.withDefaults(), passwords: w.Passwords, later: w.Later, unsummed: w.Unsummed, spool: spool{parent: w.TempDir}}
	defer r.spool.close()
	r.visit = func(f *File) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return visit(f)
	}
	return entries(paths, func(e entry) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return r.entry(e)
	})
}

// Size counts the files under paths and their bytes on disk, archives unopened.
func Size(paths []string) (bytes int64, files int) {
	_ = entries(paths, func(e entry) error {
		if e.err == nil {
			bytes += e.size
		}
		files++
		return nil
	})
	return bytes, files
}
