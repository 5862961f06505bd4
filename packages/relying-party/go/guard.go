// Package guard decides whether a request to an API comes from an attested app, as docs/verifiers.md has it, over the standard library alone.
package guard

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"
)

// Guard judges requests. It may be used by any number of goroutines.
type Guard struct {
	issuer, audience, fixedBase, resourceMetadata, firstProof string
	access, bound, observe, development, allowListed          bool
	apps, tiers, proofs, origins                              map[string]bool
	tolerance, proofMaxAge                                    float64
	maxFieldLength                                            int
	clock                                                     func() time.Time
	sum                                                       func([]byte) ([]byte, error)
	keys                                                      keySource
	replay                                                    ReplayStore
	nonces                                                    NonceSource
	denied                                                    DenyList
	status                                                    *statusLists
	tokens                                                    *tokenCache

	// mutex guards what tokens learn from proofs.
	mutex sync.Mutex
}

// portTimeout is how long a store, nonce source or deny list may take.
const portTimeout = 2 * time.Second

// Decide judges one request. It never panics: a fault on this side is a decision too.
func (g *Guard) Decide(ctx context.Context, request *Request) (decision *Decision) {
	var method string
	var attested *Attested
	defer func() {
		if fault := recover(); fault != nil {
			decision = g.refuse(malfunction("GUARD_FAILED", fmt.Errorf("panic: %v", fault)), method, attested)
		}
	}()
	f := readFields(request.Fields)
	method = g.methodOf(f)
	nonce, err := g.judge(ctx, request, f, method, &attested)
	if err != nil {
		return g.refuse(err, method, attested)
	}
	d := &Decision{Status: 200, Code: "ok", Attested: attested, Header: map[string]string{}}
	if g.bound {
		d.Proof = method
	}
	if !g.isEnough(attested) {
		d.WouldRefuse = "TIER_NOT_ADMITTED"
	}
	setNonce(d.Header, nonce)
	return d
}

// judge makes all checks in their order, which follows cost and trust.
func (g *Guard) judge(ctx context.Context, request *Request, f fields, method string, attested **Attested) (string, error) {
	path, isPath := pathOf(request.Target)
	for i := range len(request.Target) {
		if request.Target[i] == '#' {
			return "", refusal("REQUEST_TARGET_UNUSABLE")
		}
	}
	if !g.access {
		for _, value := range f.authorization {
			if g.isOfIssuer(value) {
				return "", refusal("TOKEN_KIND")
			}
		}
	}
	shown, err := g.present(f, method)
	if err != nil {
		return "", err
	}
	now := g.seconds()
	if !(now > 0) {
		return "", malfunction("CLOCK_FAILED", nil)
	}
	var parts jws
	var claims map[string]any
	var nonce string
	t := target{method: request.Method, path: path, covered: shown.covered}
	if g.bound {
		if parts, claims, err = openProof(shown.proof); err != nil {
			return "", err
		}
		if g.nonces != nil {
			if nonce, err = g.checkNonce(ctx, claims, method, now); err != nil {
				return "", err
			}
		}
		if method != methodPoP {
			if t.base, err = g.base(f); err != nil {
				return "", err
			}
			if !isPath {
				return "", refusal("REQUEST_TARGET_UNUSABLE")
			}
		}
	}
	verified, err := g.verifyToken(shown.token, now)
	if err != nil {
		return "", err
	}
	*attested = &verified.attested
	if err := g.checkLists(ctx, *attested, now); err != nil {
		return "", err
	}
	var proven used
	if g.bound {
		if proven, err = g.verifyProof(parts, claims, verified, method, t, now); err != nil {
			return "", err
		}
	}
	if !g.apps[verified.attested.App] {
		return "", refusal("APP_NOT_ADMITTED")
	}
	if !g.observe && !g.isEnough(*attested) {
		return "", refusal("TIER_NOT_ADMITTED")
	}
	if g.bound {
		return nonce, g.useOnce(ctx, proven, verified.attested.Tier)
	}
	return nonce, nil
}

func (g *Guard) isEnough(a *Attested) bool {
	return g.tiers[a.Tier] || a.Development || a.Allowed && g.allowListed
}

func (g *Guard) checkNonce(ctx context.Context, claims map[string]any, method string, now float64) (string, error) {
	name := "nonce"
	if method == methodPoP {
		name = "challenge"
	}
	value, present := claims[name]
	code, due := "NONCE_MISSING", false
	if present {
		code = "NONCE_INVALID"
		if text, ok := value.(string); ok && len(text) <= 256 {
			err := answered(ctx, "NONCE_SOURCE_FAILED", func(context.Context) error {
				valid, ageing, err := g.nonces.Check(text, now)
				if valid {
					code, due = "", ageing
				}
				return err
			})
			if err != nil {
				return "", err
			}
		}
	}
	if code == "" && !due {
		return "", nil
	}
	var next string
	err := answered(ctx, "NONCE_SOURCE_FAILED", func(context.Context) (err error) {
		next, err = g.nonces.Issue(now)
		if _, ok := isText(next, 1, 256, func(c byte) bool { return isVisible(c) && c != '"' && c != '\\' }); err == nil && !ok {
			err = errors.New("no nonce")
		}
		return err
	})
	if err != nil || code == "" {
		return next, err
	}
	return "", &fault{code: code, nonce: next}
}

func (g *Guard) checkLists(ctx context.Context, a *Attested, now float64) error {
	if g.denied != nil {
		var denied bool
		err := answered(ctx, "DENY_LIST_FAILED", func(ctx context.Context) (err error) {
			denied, err = g.denied.Denies(ctx, a)
			return err
		})
		if err != nil {
			return err
		}
		if denied {
			return refusal("TOKEN_DENIED")
		}
	}
	if g.status == nil {
		return nil
	}
	code, err := g.status.fault(a, now)
	if err == nil && code != "" {
		err = refusal(code)
	}
	return err
}

func (g *Guard) useOnce(ctx context.Context, u used, tier string) error {
	// Keys, lists and ports may have been waited for, while the store forgot the proof.
	now := g.seconds()
	if !(now > 0) {
		return malfunction("CLOCK_FAILED", nil)
	}
	if now > u.until {
		return refusal("PROOF_TOO_OLD")
	}
	var claimed Claimed
	claim := func(ctx context.Context) (err error) {
		claimed, err = g.replay.Claim(ctx, u.jkt+" "+u.jti, g.expires(u), Holder{u.jkt, tier, u.from})
		return err
	}
	var err error
	if _, isMemory := g.replay.(*memoryStore); isMemory {
		err = claim(ctx)
	} else {
		err = answered(ctx, "REPLAY_STORE_FAILED", claim)
	}
	switch {
	case errors.Is(err, ErrStoreFull):
		return malfunction("REPLAY_STORE_FULL", err)
	case err != nil:
		return malfunction("REPLAY_STORE_FAILED", err)
	}
	switch claimed {
	case Fresh:
		return nil
	case Known:
		return refusal("PROOF_REPLAYED")
	case ShareSpent:
		return refusal("PROOF_SHARE_SPENT")
	case Forgotten:
		return refusal("PROOF_TOO_OLD")
	}
	return malfunction("REPLAY_STORE_FAILED", fmt.Errorf("unknown answer"))
}

// answered is what a port says within its time; a port that is late or panics has failed. One that is late finds nobody who reads.
func answered(ctx context.Context, code string, port func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, portTimeout)
	defer cancel()
	done := make(chan error, 1)
	go func() {
		defer func() {
			if fault := recover(); fault != nil {
				done <- fmt.Errorf("panic: %v", fault)
			}
		}()
		done <- port(ctx)
	}()
	select {
	case err := <-done:
		if err != nil {
			return malfunction(code, err)
		}
		return nil
	case <-ctx.Done():
		return malfunction(code, ctx.Err())
	}
}

// seconds is Unix time with a fraction; 0 where the clock fails.
func (g *Guard) seconds() (now float64) {
	defer func() {
		if recover() != nil {
			now = 0
		}
	}()
	if time := g.clock(); !time.IsZero() {
		return float64(time.UnixMicro()) / 1e6
	}
	return 0
}

func (g *Guard) hash(data []byte) ([]byte, error) {
	sum, err := g.sum(data)
	if err == nil && len(sum) != 32 {
		err = errors.New("no SHA-256")
	}
	if err != nil {
		return nil, malfunction("CRYPTO_FAILED", err)
	}
	return sum, nil
}

func (g *Guard) digest(data []byte) (string, error) {
	sum, err := g.hash(data)
	return b64(sum), err
}

// Ready fetches the status list at once, so that a program can say at its start what is wrong with it.
func (g *Guard) Ready() error {
	if g.status == nil {
		return nil
	}
	_, err := g.status.fault(&Attested{}, g.seconds())
	return err
}

// Idle waits for the fetches that requests have started.
func (g *Guard) Idle(ctx context.Context) {
	if g.status != nil {
		g.status.list.idle(ctx)
	}
	if remote, ok := g.keys.(*remoteKeys); ok {
		remote.set.idle(ctx)
	}
}

// tokenCache holds verified tokens only, so that junk evicts nothing. It has two generations in the place of a list.
type tokenCache struct {
	mutex      sync.Mutex
	generation int
	young, old map[string]*token
}

func (c *tokenCache) get(text string) *token {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if known := c.young[text]; known != nil {
		return known
	}
	known := c.old[text]
	if known != nil {
		c.put(text, known)
	}
	return known
}

func (c *tokenCache) set(text string, value *token) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.put(text, value)
}

func (c *tokenCache) put(text string, value *token) {
	delete(c.old, text)
	c.young[text] = value
	if len(c.young) >= c.generation {
		c.old, c.young = c.young, map[string]*token{}
	}
}

func within(value *float64, otherwise, least, most float64) bool {
	if *value == 0 {
		*value = otherwise
	} else if *value < 0 {
		*value = 0
	}
	return *value >= least && *value <= most && !math.IsNaN(*value)
}
