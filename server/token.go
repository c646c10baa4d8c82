package server

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
)

// secret is 256 random bits as text.
func secret() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// same compares secrets without telling by its time how much of one was right.
func same(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// origin names the origin of a plugin's frames: the same for the same document, so
// that what it keeps in the browser is its own and found again, and of no other.
func originName(document []byte) string {
	sum := sha256.Sum256(document)
	return "p-" + hex.EncodeToString(sum[:16])
}
