package archive

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/zip"
)

// noPassword says that none of n passwords opens something.
func noPassword(n int) string {
	if n == 1 {
		return "the password given does not open it"
	}
	return fmt.Sprintf("none of the %d passwords given opens it", n)
}

// errPassword says that none of the passwords opens a member.
var errPassword = errors.New("wrong password")

const (
	zipEncrypted   = 1
	zipSizesFollow = 8
	zipAES         = 99 // the method of WinZip's encryption, which names the real one
)

// openEncrypted opens an encrypted member with the first password that fits.
func (r *run) openEncrypted(f *zip.File) (io.ReadCloser, error) {
	var fits []string
	for _, p := range r.passwords {
		src, err := decrypted(f, p)
		if errors.Is(err, errPassword) {
			continue
		}
		if err != nil {
			return nil, err
		}
		src.Close()
		fits = append(fits, p)
	}
	// The old encryption tells a wrong password in 255 of 256 cases; its checksum tells the rest.
	for len(fits) > 1 {
		src, err := decrypted(f, fits[0])
		if err == nil {
			_, err = io.Copy(io.Discard, io.LimitReader(src, r.limits.Member))
			src.Close()
		}
		if stop := r.stopped(err); stop != nil {
			return nil, stop
		}
		if err == nil {
			break
		}
		fits = fits[1:]
	}
	if len(fits) == 0 {
		return nil, errPassword
	}
	return decrypted(f, fits[0])
}

// decrypted opens a member with one password.
func decrypted(f *zip.File, password string) (io.ReadCloser, error) {
	raw, err := f.OpenRaw()
	if err != nil {
		return nil, err
	}
	method, sum := f.Method, f.CRC32
	var plain io.Reader
	if f.Method == zipAES {
		var version uint16
		if plain, method, version, err = openAES(f, raw, password); version == 2 {
			sum = 0 // that version has no checksum but its own
		}
	} else {
		plain, err = openZipCrypto(f, raw, password)
	}
	if err != nil {
		return nil, err
	}
	src, err := decompressor(method, int64(min(f.UncompressedSize64, 1<<62)), plain)
	if err != nil {
		return nil, err
	}
	if f.Method == zipAES {
		src = &drained{src, plain}
	}
	if sum != 0 {
		src = &checked{ReadCloser: src, sum: crc32.NewIEEE(), want: sum}
	}
	return src, nil
}

// drained reads on to the end of the encrypted data when its content has ended: the
// HMAC stands there, and a decompressor does not go so far.
type drained struct {
	io.ReadCloser
	rest io.Reader
}

func (d *drained) Read(p []byte) (int, error) {
	n, err := d.ReadCloser.Read(p)
	if err == io.EOF {
		if _, e := io.Copy(io.Discard, d.rest); e != nil {
			err = e
		}
	}
	return n, err
}

// checked fails at the end of content that has another checksum.
type checked struct {
	io.ReadCloser
	sum  hash.Hash32
	want uint32
}

func (c *checked) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.sum.Write(p[:n])
	if err == io.EOF && c.sum.Sum32() != c.want {
		err = zip.ErrChecksum
	}
	return n, err
}

// zipKeys are the keys of the old encryption of zips (APPNOTE.TXT 6.1).
type zipKeys struct{ a, b, c uint32 }

func newZipKeys(password string) *zipKeys {
	k := &zipKeys{0x12345678, 0x23456789, 0x34567890}
	for i := range len(password) {
		k.update(password[i])
	}
	return k
}

func (k *zipKeys) update(plain byte) {
	k.a = crc32.IEEETable[byte(k.a)^plain] ^ k.a>>8
	k.b = (k.b+k.a&0xff)*134775813 + 1
	k.c = crc32.IEEETable[byte(k.c)^byte(k.b>>24)] ^ k.c>>8
}

func (k *zipKeys) decrypt(b []byte) {
	for i := range b {
		t := k.c | 2
		b[i] ^= byte(t * (t ^ 1) >> 8)
		k.update(b[i])
	}
}

// openZipCrypto opens data of the old encryption: twelve bytes, the last of which tells
// whether the password fits, and the data.
func openZipCrypto(f *zip.File, raw io.Reader, password string) (io.Reader, error) {
	var head [12]byte
	if _, err := io.ReadFull(raw, head[:]); err != nil {
		return nil, err
	}
	k := newZipKeys(password)
	k.decrypt(head[:])
	want := byte(f.CRC32 >> 24)
	if f.Flags&zipSizesFollow != 0 {
		//lint:ignore SA1019 the byte is of the time as it is written
		want = byte(f.ModifiedTime >> 8)
	}
	if head[11] != want {
		return nil, errPassword
	}
	return &zipCrypto{raw, k}, nil
}

type zipCrypto struct {
	r io.Reader
	k *zipKeys
}

func (z *zipCrypto) Read(p []byte) (int, error) {
	n, err := z.r.Read(p)
	z.k.decrypt(p[:n])
	return n, err
}

// openAES opens data of WinZip's encryption: salt, two bytes that tell whether the
// password fits, the data, and ten bytes of HMAC over it.
func openAES(f *zip.File, raw io.Reader, password string) (plain io.Reader, method, version uint16, err error) {
	field := extraField(f.Extra, 0x9901)
	if len(field) < 7 || field[4] < 1 || field[4] > 3 {
		return nil, 0, 0, errors.New("member is encrypted in an unknown way")
	}
	version, method = binary.LittleEndian.Uint16(field), binary.LittleEndian.Uint16(field[5:])
	keySize := 8 + 8*int(field[4])
	head := make([]byte, keySize/2+2)
	const macSize = 10
	size := int64(min(f.CompressedSize64, 1<<62)) - int64(len(head)) - macSize
	if size < 0 {
		return nil, 0, version, io.ErrUnexpectedEOF
	}
	if _, err := io.ReadFull(raw, head); err != nil {
		return nil, 0, version, err
	}
	keys, err := pbkdf2.Key(sha1.New, password, head[:keySize/2], 1000, 2*keySize+2)
	if err != nil {
		return nil, 0, version, err
	}
	if subtle.ConstantTimeCompare(keys[2*keySize:], head[keySize/2:]) != 1 {
		return nil, 0, version, errPassword
	}
	block, err := aes.NewCipher(keys[:keySize])
	if err != nil {
		return nil, 0, version, err
	}
	return &zipAESReader{data: io.LimitReader(raw, size), tail: raw, block: block, mac: hmac.New(sha1.New, keys[keySize:2*keySize]), macSize: macSize, used: aes.BlockSize}, method, version, nil
}

// zipAESReader decrypts with a counter that counts from 1 in little-endian order.
type zipAESReader struct {
	data, tail io.Reader
	block      cipher.Block
	mac        hash.Hash
	macSize    int
	counter    uint64
	pad        [aes.BlockSize]byte
	used       int // of pad
	verified   bool
}

func (z *zipAESReader) Read(p []byte) (int, error) {
	n, err := z.data.Read(p)
	z.mac.Write(p[:n])
	for i := range p[:n] {
		if z.used == len(z.pad) {
			z.counter++
			var count [aes.BlockSize]byte
			binary.LittleEndian.PutUint64(count[:], z.counter)
			z.block.Encrypt(z.pad[:], count[:])
			z.used = 0
		}
		p[i] ^= z.pad[z.used]
		z.used++
	}
	if err == io.EOF && !z.verified {
		sum := make([]byte, z.macSize)
		if _, e := io.ReadFull(z.tail, sum); e != nil {
			return n, io.ErrUnexpectedEOF
		}
		if !hmac.Equal(sum, z.mac.Sum(nil)[:z.macSize]) {
			return n, zip.ErrChecksum
		}
		z.verified = true
	}
	return n, err
}

// extraField finds a field of a member's extra data (APPNOTE.TXT 4.5).
func extraField(extra []byte, id uint16) []byte {
	for len(extra) >= 4 {
		n := int(binary.LittleEndian.Uint16(extra[2:]))
		if 4+n > len(extra) {
			return nil
		}
		if binary.LittleEndian.Uint16(extra) == id {
			return extra[4 : 4+n]
		}
		extra = extra[4+n:]
	}
	return nil
}
