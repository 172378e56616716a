package archive

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/binary"
	"io"
	"unicode/utf16"
)

// decrypt is AES-256 in CBC mode with a key from SHA-256 over many rounds.
func (o *sevenOpener) decrypt(props []byte, src io.Reader, password string) (io.Reader, error) {
	p := &sevenReader{b: props}
	first := p.byte()
	var salt, iv []byte
	if first&0xC0 != 0 {
		second := p.byte()
		saltSize, ivSize := int64(first>>7)+int64(second>>4), int64(first>>6&1)+int64(second&0x0F)
		salt, iv = p.bytes(saltSize), p.bytes(ivSize)
	}
	cycles := first & 0x3F
	if p.err != nil || cycles > 40 && cycles != 0x3F {
		return nil, errSevenZip
	}
	key, err := o.key(salt, cycles, password)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	start := make([]byte, aes.BlockSize)
	copy(start, iv)
	return &cbcReader{src: src, mode: cipher.NewCBCDecrypter(block, start)}, nil
}

func (o *sevenOpener) key(salt []byte, cycles byte, password string) ([]byte, error) {
	seed := append([]byte{}, salt...)
	for _, u := range utf16.Encode([]rune(password)) {
		seed = binary.LittleEndian.AppendUint16(seed, u)
	}
	name := string(cycles) + "\x00" + string(seed)
	if k := o.keys[name]; k != nil {
		return k, nil
	}
	key := make([]byte, 32)
	if cycles == 0x3F {
		copy(key, seed)
	} else {
		if o.rounds += int64(1) << cycles; o.rounds > o.limits.rounds {
			return nil, limitError{"7z that wants more hashing for its keys than is allowed"}
		}
		h := sha256.New()
		round := append(seed, make([]byte, 8)...)
		for i := range uint64(1) << cycles {
			if i%(1<<16) == 0 && o.ctx.Err() != nil {
				return nil, o.ctx.Err()
			}
			binary.LittleEndian.PutUint64(round[len(seed):], i)
			h.Write(round)
		}
		h.Sum(key[:0])
	}
	if len(o.keys) >= 1024 {
		clear(o.keys)
	}
	o.keys[name] = key
	return key, nil
}

// cbcReader decrypts whole blocks.
type cbcReader struct {
	src  io.Reader
	mode cipher.BlockMode
	buf  [4096]byte
	out  []byte
}

func (c *cbcReader) Read(p []byte) (int, error) {
	if len(c.out) == 0 {
		n, err := io.ReadFull(c.src, c.buf[:])
		n -= n % aes.BlockSize
		if n == 0 {
			if err == nil || err == io.ErrUnexpectedEOF {
				err = io.EOF
			}
			return 0, err
		}
		c.mode.CryptBlocks(c.buf[:n], c.buf[:n])
		c.out = c.buf[:n]
	}
	n := copy(p, c.out)
	c.out = c.out[n:]
	return n, nil
}
