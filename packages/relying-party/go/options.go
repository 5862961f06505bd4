package guard

import (
	"crypto/rand"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strings"
	"time"
)

// Options of a guard, as docs/verifiers.md has them. Times are in seconds; 0 is the default.
type Options struct {
	Issuer, Audience string
	JWKS             JWKS
	// Apps and Tiers are what is admitted; nothing empty means allowed.
	Apps, Tiers []string
	// Mode is bound or bearer. TokenKind is attestation (default) or access.
	Mode, TokenKind string
	// Proofs are dpop_combined (default) and attestation_pop_jwt.
	Proofs []string
	// Observe admits every tier but none, and says in Decision.WouldRefuse what it would have refused.
	Observe bool
	// PublicBaseURL is Audience by default. Origins, in its place, are trusted names behind a proxy that sets X-Forwarded-Proto and -Host.
	PublicBaseURL string
	Origins       []string
	// ClockTolerance 0 to 300, default 10, below 0 is none; ProofMaxAge 1 to 600, default 60.
	ClockTolerance, ProofMaxAge float64
	// MaxFieldLength 1,024 to 16,384, default 6,144.
	MaxFieldLength           int
	Development, AllowListed bool
	ResourceMetadata         string
	DenyList                 DenyList
	StatusList               *StatusList
	Nonces                   *Nonces
	// ReplayStore is in memory by default: for one process. ReplayCapacity is its proofs, default 100,000.
	ReplayStore    ReplayStore
	ReplayCapacity int
	// Clock, Client and SHA256 are those of the platform by default.
	Clock  func() time.Time
	Client *http.Client
	SHA256 func([]byte) ([]byte, error)
}

// ErrMisuse is an option that is missing or wrong.
var ErrMisuse = errors.New("misuse of the guard")

// New fails with ErrMisuse and the name of the option.
func New(o Options) (*Guard, error) {
	g := &Guard{
		issuer: o.Issuer, audience: o.Audience, resourceMetadata: o.ResourceMetadata, firstProof: methodCombined,
		access: o.TokenKind == "access", bound: o.Mode == "bound", observe: o.Observe, development: o.Development, allowListed: o.AllowListed,
		apps: set(o.Apps), tiers: set(o.Tiers), tolerance: o.ClockTolerance, proofMaxAge: o.ProofMaxAge, maxFieldLength: o.MaxFieldLength,
		clock: o.Clock, sum: o.SHA256, replay: o.ReplayStore, denied: o.DenyList,
		tokens: &tokenCache{generation: 5000, young: map[string]*token{}},
	}
	if g.clock == nil {
		g.clock = time.Now
	}
	if g.sum == nil {
		g.sum = SHA256
	}
	if g.maxFieldLength == 0 {
		g.maxFieldLength = 6144
	}
	for _, check := range []struct {
		name string
		ok   bool
	}{
		{"Issuer", isNormal(o.Issuer) && !strings.HasSuffix(o.Issuer, "/")},
		{"Audience", isNormal(o.Audience)},
		{"Mode", g.bound || o.Mode == "bearer"},
		{"TokenKind", g.access || o.TokenKind == "" || o.TokenKind == "attestation"},
		{"Apps", areDistinct(o.Apps, func(app string) bool { return isAppID(app) })},
		{"Tiers", areDistinct(o.Tiers, func(tier string) bool { _, ok := oneOf(tier, "affirming", "warning", "contraindicated"); return ok })},
		{"ClockTolerance", within(&g.tolerance, 10, 0, 300)},
		{"ProofMaxAge", within(&g.proofMaxAge, 60, 1, 600)},
		{"MaxFieldLength", 1024 <= g.maxFieldLength && g.maxFieldLength <= 16_384},
		{"Development", !o.Development || !g.access},
		{"AllowListed", !o.AllowListed || !g.access},
		{"Proofs", g.setProofs(o.Proofs)},
		{"PublicBaseURL", g.setBase(o)},
		{"ResourceMetadata", o.ResourceMetadata == "" || isQuotable(o.ResourceMetadata)},
		{"ReplayCapacity", o.ReplayCapacity >= 0 && o.ReplayCapacity <= 10_000_000},
		{"DenyList", isUsableDenyList(o.DenyList)},
		{"JWKS", g.setKeys(o)},
		{"StatusList", g.setStatus(o)},
		{"Nonces", g.setNonces(o.Nonces)},
	} {
		if !check.ok {
			return nil, fmt.Errorf("%w: %s", ErrMisuse, check.name)
		}
	}
	if g.replay == nil {
		capacity := o.ReplayCapacity
		if capacity == 0 {
			capacity = 100_000
		}
		g.replay = newMemoryStore(g.seconds, capacity)
	}
	return g, nil
}

// isUsableDenyList looks into the entries, also where a type of the caller embeds them.
func isUsableDenyList(list DenyList) bool {
	entries, ok := list.(interface{ areUsable() bool })
	return !ok || entries.areUsable()
}

func set(words []string) map[string]bool {
	all := map[string]bool{}
	for _, word := range words {
		all[word] = true
	}
	return all
}

func areDistinct(words []string, admits func(string) bool) bool {
	for _, word := range words {
		if !admits(word) {
			return false
		}
	}
	return len(words) > 0 && len(set(words)) == len(words)
}

func isNormal(address string) bool {
	form, ok := normal(address)
	return ok && (form == address || form == address+"/")
}

func isQuotable(address string) bool {
	rest, isHTTPS := strings.CutPrefix(address, "https:")
	if !isHTTPS {
		var isHTTP bool
		if rest, isHTTP = strings.CutPrefix(address, "http:"); !isHTTP {
			return false
		}
	}
	_, ok := isText(rest, 1, longestURI, func(c byte) bool { return isVisible(c) && c != '"' && c != '\\' })
	return ok
}

func (g *Guard) setProofs(proofs []string) bool {
	if g.access || !g.bound {
		return proofs == nil
	}
	if proofs == nil {
		proofs = []string{methodCombined}
	}
	g.proofs = set(proofs)
	if !areDistinct(proofs, func(p string) bool { _, ok := oneOf(p, methodCombined, methodPoP); return ok }) {
		return false
	}
	g.firstProof = proofs[0]
	return true
}

func (g *Guard) setBase(o Options) bool {
	if o.Origins == nil {
		base := o.PublicBaseURL
		if base == "" {
			base = o.Audience
		}
		form, ok := normal(base)
		g.fixedBase = strings.TrimSuffix(form, "/")
		return ok
	}
	g.origins = map[string]bool{}
	return o.PublicBaseURL == "" && areDistinct(o.Origins, func(origin string) bool {
		form, ok := normal(origin)
		g.origins[form] = true
		return ok && strings.Count(form, "/") == 3 && strings.HasSuffix(form, "/")
	})
}

func (g *Guard) setKeys(o Options) bool {
	if o.JWKS.URL == "" {
		value, ok := readJSON(o.JWKS.Set, 8)
		keys, err := readKeySet(value, nil)
		g.keys = staticKeys{keys, err}
		return ok && (err == nil || errors.Is(err, errOffCurve))
	}
	k := o.JWKS
	if k.MaxBytes == 0 {
		k.MaxBytes = 65_536
	}
	ok := isFetchable(k.URL) && k.Set == nil && within(&k.MaxAge, 600, 30, 3600) && within(&k.Cooldown, math.Min(30, k.MaxAge/2), 1, math.Min(600, k.MaxAge/2)) &&
		within(&k.Timeout, 5, 0.05, 60) && within(&k.StaleIfError, 3600, 0, 3600) && 256 <= k.MaxBytes && k.MaxBytes <= 1<<20
	g.keys = newRemoteKeys(k, withoutRedirects(o.Client), g.seconds)
	return ok
}

func (g *Guard) setStatus(o Options) bool {
	if o.StatusList == nil {
		return true
	}
	s := *o.StatusList
	if s.URL == "" {
		s.URL = o.Issuer + "/v1/status/" + b64([]byte(o.Audience))
	}
	if s.MaxBytes == 0 {
		s.MaxBytes = 1 << 20
	}
	ok := isFetchable(s.URL) && within(&s.MaxAge, 20, 5, 600) && within(&s.Timeout, 5, 0.05, 60) && within(&s.StaleIfError, 3600, 0, 3600) &&
		1024 <= s.MaxBytes && s.MaxBytes <= 1<<24
	g.status = newStatusLists(s, g, withoutRedirects(o.Client))
	return ok
}

func (g *Guard) setNonces(given *Nonces) bool {
	if given == nil {
		return true
	}
	if given.Source != nil {
		g.nonces = given.Source
		return true
	}
	n := *given
	if n.Random == nil {
		n.Random = func(into []byte) error { _, err := rand.Read(into); return err }
	}
	g.nonces = newMACNonces(n, g.audience)
	return len(n.Key) >= 32 && within(&g.nonces.(*macNonces).Lifetime, 300, 10, 3600)
}
