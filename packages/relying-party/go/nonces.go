package guard

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
)

// Nonces are server nonces, without which a proof could have been made long in advance (RFC 9449 section 8).
type Nonces struct {
	// Key is a secret of at least 32 bytes: verifiers with one key accept each other's nonces.
	Key []byte
	// Lifetime is in seconds: 10 to 3,600, default 300.
	Lifetime float64
	// Random fills with random bytes; crypto/rand by default.
	Random func([]byte) error
	// Source makes and checks nonces in the place of all that.
	Source NonceSource
}

// NonceSource is where nonces come from. Now is in Unix seconds.
type NonceSource interface {
	Issue(now float64) (string, error)
	// Check says whether a nonce is valid, and whether the next one is due.
	Check(nonce string, now float64) (valid, ageing bool, err error)
}

type macNonces struct {
	Nonces
	context []byte
}

func newMACNonces(n Nonces, audience string) *macNonces {
	context := append([]byte("assay/guard-nonce/1"), 0)
	context = binary.BigEndian.AppendUint32(context, uint32(len(audience)))
	return &macNonces{n, append(context, audience...)}
}

func (n *macNonces) seal(head []byte) []byte {
	mac := hmac.New(sha256.New, n.Key)
	mac.Write(n.context)
	mac.Write(head)
	return append(head[:17:17], mac.Sum(nil)[:16]...)
}

func (n *macNonces) Issue(now float64) (string, error) {
	head := make([]byte, 17)
	head[0] = 1
	binary.BigEndian.PutUint32(head[1:], uint32(int64(now)))
	if err := n.Random(head[5:]); err != nil {
		return "", err
	}
	return b64(n.seal(head)), nil
}

func (n *macNonces) Check(nonce string, now float64) (valid, ageing bool, err error) {
	given, ok := unb64Of(nonce, 33)
	if !ok || given[0] != 1 || !hmac.Equal(given, n.seal(given[:17])) {
		return false, false, nil
	}
	age := now - float64(binary.BigEndian.Uint32(given[1:]))
	return age <= n.Lifetime && age >= -n.Lifetime, age > n.Lifetime/2, nil
}

// NewNonces is the source that Nonces describe. It fails with ErrMisuse.
func NewNonces(n Nonces, audience string) (NonceSource, error) {
	g := &Guard{audience: audience}
	if !g.setNonces(&n) {
		return nil, fmt.Errorf("%w: Nonces", ErrMisuse)
	}
	return g.nonces, nil
}
