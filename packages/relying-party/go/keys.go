package guard

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"errors"
	"math/big"
)

// holderKey is a public key of P-256 as a JWK states it; it need not be a point of the curve.
type holderKey struct{ x, y string }

func readHolderKey(value any) (holderKey, bool) {
	jwk, ok := value.(map[string]any)
	if !ok || hasAny(jwk, "d", "k", "p", "q", "priv") || jwk["kty"] != "EC" || jwk["crv"] != "P-256" {
		return holderKey{}, false
	}
	if alg, present := jwk["alg"]; present && alg != "ES256" {
		return holderKey{}, false
	}
	x, _ := jwk["x"].(string)
	y, _ := jwk["y"].(string)
	_, okX := unb64Of(x, 32)
	_, okY := unb64Of(y, 32)
	return holderKey{x, y}, okX && okY
}

func hasAny(object map[string]any, names ...string) bool {
	for _, name := range names {
		if _, present := object[name]; present {
			return true
		}
	}
	return false
}

// thumbprintInput is RFC 7638 section 3.
func (k holderKey) thumbprintInput() []byte {
	return []byte(`{"crv":"P-256","kty":"EC","x":"` + k.x + `","y":"` + k.y + `"}`)
}

// verifier is a public key with its one algorithm.
type verifier interface {
	verify(input, signature string) bool
}

type pointKey struct{ key *ecdsa.PublicKey }

// point is nil unless the coordinates are on the curve.
func (k holderKey) point() verifier {
	x, _ := unb64Of(k.x, 32)
	y, _ := unb64Of(k.y, 32)
	key := &ecdsa.PublicKey{Curve: elliptic.P256(), X: new(big.Int).SetBytes(x), Y: new(big.Int).SetBytes(y)}
	if _, err := key.ECDH(); err != nil {
		return nil
	}
	return pointKey{key}
}

func (k pointKey) verify(input, signature string) bool {
	raw, ok := unb64Of(signature, 64)
	if !ok {
		return false
	}
	digest := sha256.Sum256([]byte(input))
	return ecdsa.Verify(k.key, digest[:], new(big.Int).SetBytes(raw[:32]), new(big.Int).SetBytes(raw[32:]))
}

type edwardsKey struct{ key ed25519.PublicKey }

func (k edwardsKey) verify(input, signature string) bool {
	raw, ok := unb64Of(signature, 64)
	return ok && ed25519.Verify(k.key, []byte(input), raw)
}

// issuerKey is one key of the issuer. The same key is the same pointer for as long as it is published.
type issuerKey struct {
	kid, alg string
	jwk      holderKey
	key      verifier
}

type keySet map[string]*issuerKey

var errOffCurve = errors.New("a key is not a point of its curve")

const mostKeys = 32

// readKeySet reads a JWKS; what is in previous and has not changed stays the same.
func readKeySet(value any, previous keySet) (keySet, error) {
	document, _ := value.(map[string]any)
	entries, ok := document["keys"].([]any)
	if !ok || len(entries) > mostKeys {
		return nil, errors.New("not a JWKS, or more than 32 keys")
	}
	set := keySet{}
	for _, entry := range entries {
		jwk, ok := entry.(map[string]any)
		if !ok {
			continue
		}
		if hasAny(jwk, "d", "k", "priv") {
			return nil, errors.New("a private key is published")
		}
		key := describeKey(jwk)
		if key == nil {
			continue
		}
		if set[key.kid] != nil {
			return nil, errors.New("a kid that occurs twice")
		}
		if known := previous[key.kid]; known != nil && known.alg == key.alg && known.jwk == key.jwk {
			key = known
		}
		set[key.kid] = key
	}
	if len(set) == 0 {
		return nil, errors.New("no key for signatures of tokens")
	}
	for _, key := range set {
		if key.key != nil {
			continue
		}
		if key.alg == "Ed25519" {
			x, _ := unb64Of(key.jwk.x, 32)
			key.key = edwardsKey{x}
		} else if key.key = key.jwk.point(); key.key == nil {
			return nil, errOffCurve
		}
	}
	return set, nil
}

// describeKey is nil for an entry that is skipped.
func describeKey(jwk map[string]any) *issuerKey {
	kid, ok := isText(jwk["kid"], 1, 128, isURLChar)
	if use, present := jwk["use"]; !ok || present && use != "sig" {
		return nil
	}
	switch jwk["alg"] {
	case "ES256":
		if key, ok := readHolderKey(jwk); ok {
			return &issuerKey{kid: kid, alg: "ES256", jwk: key}
		}
	case "Ed25519":
		x, _ := jwk["x"].(string)
		if _, ok := unb64Of(x, 32); ok && jwk["kty"] == "OKP" && jwk["crv"] == "Ed25519" {
			return &issuerKey{kid: kid, alg: "Ed25519", jwk: holderKey{x: x}}
		}
	}
	return nil
}

// keySource is where the issuer's keys come from; now is in Unix seconds.
type keySource interface {
	// current is the key if it may be used without waiting.
	current(kid string, now float64) *issuerKey
	// find is nil if the issuer has no such key. It fails with KEY_SOURCE_FAILED.
	find(kid string, now float64) (*issuerKey, error)
}

// staticKeys come with the options.
type staticKeys struct {
	set keySet
	err error
}

func (s staticKeys) current(kid string, _ float64) *issuerKey { return s.set[kid] }
func (s staticKeys) find(kid string, _ float64) (*issuerKey, error) {
	if s.err != nil {
		return nil, malfunction("KEY_SOURCE_FAILED", s.err)
	}
	return s.set[kid], nil
}
