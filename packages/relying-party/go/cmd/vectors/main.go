// Command vectors answers requests.json over the protocol of packages/shared/vectors/README.md: a question a line, an answer a line.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/http"
	"os"
	"strings"
	"time"

	guard "github.com/assay/guard-go"
)

type document struct {
	Fails, Hangs bool
	Status       int
	Fields       map[string]string
	Text, Bytes  string
	Spaces       int
}

type step struct {
	Now       *float64
	Documents map[string]document
	Failing   []string
	Request   struct {
		Method, Target string
		Fields         [][2]string
	}
}

type configuration struct {
	Issuer, Audience, Mode string
	Apps, Tiers, Proofs    []string
	Kind                   string `json:"token_kind"`
	JWKS                   json.RawMessage
	Enforcement            string
	Base                   json.RawMessage `json:"public_base_url"`
	Tolerance              *float64        `json:"clock_tolerance"`
	Age                    *float64        `json:"proof_max_age"`
	MaxField               int             `json:"max_field_length"`
	Development            bool
	AllowListed            bool              `json:"allow_listed"`
	Metadata               string            `json:"resource_metadata"`
	Denied                 []guard.DenyEntry `json:"deny_list"`
	Capacity               int               `json:"replay_capacity"`
	Nonces                 *struct {
		Key, Random string
		Lifetime    float64
	}
	Status *struct {
		MaxAge    float64  `json:"max_age"`
		Stale     *float64 `json:"stale_if_error"`
		WhenStale string   `json:"when_stale"`
		Timeout   float64
	} `json:"status_list"`
}

type question struct {
	ID, Family string
	Input      struct {
		Configuration configuration
		Steps         []step
	}
}

// world is what a case controls.
type world struct {
	step      step
	documents map[string]document
}

var errOutOfOrder = errors.New("out of order")

func (w *world) fails(port string) error {
	for _, failing := range w.step.Failing {
		if failing == port {
			return errOutOfOrder
		}
	}
	return nil
}

func (w *world) RoundTrip(r *http.Request) (*http.Response, error) {
	d, ok := w.documents[r.URL.String()]
	switch {
	case d.Hangs:
		<-r.Context().Done()
		return nil, r.Context().Err()
	case d.Fails:
		return nil, errOutOfOrder
	case !ok:
		d.Status = 404
	}
	body := []byte(d.Text + strings.Repeat(" ", d.Spaces))
	if d.Bytes != "" {
		body, _ = base64.RawURLEncoding.DecodeString(d.Bytes)
	}
	header := http.Header{}
	for name, value := range d.Fields {
		header.Set(name, value)
	}
	return &http.Response{StatusCode: d.Status, Header: header, Body: io.NopCloser(bytes.NewReader(body)), Request: r}, nil
}

type denyList struct {
	guard.DenyEntries
	w *world
}

func (d denyList) Denies(ctx context.Context, a *guard.Attested) (bool, error) {
	if err := d.w.fails("deny_list"); err != nil {
		return false, err
	}
	return d.DenyEntries.Denies(ctx, a)
}

type store struct {
	guard.ReplayStore
	w *world
}

func (s store) Claim(ctx context.Context, key string, expires float64, h guard.Holder) (guard.Claimed, error) {
	if err := s.w.fails("replay_store"); err != nil {
		return "", err
	}
	return s.ReplayStore.Claim(ctx, key, expires, h)
}

type nonces struct {
	guard.NonceSource
	w *world
}

func (n nonces) Issue(now float64) (string, error) {
	if err := n.w.fails("nonces"); err != nil {
		return "", err
	}
	return n.NonceSource.Issue(now)
}

func (n nonces) Check(nonce string, now float64) (bool, bool, error) {
	if err := n.w.fails("nonces"); err != nil {
		return false, false, err
	}
	return n.NonceSource.Check(nonce, now)
}

// orNone is the option for a number that is left out (the default), or 0 (none, which options write below 0).
func orNone(number *float64) float64 {
	switch {
	case number == nil:
		return 0
	case *number == 0:
		return -1
	case *number < 0:
		// No option takes it.
		return math.NaN()
	}
	return *number
}

func (w *world) start(c configuration) (*guard.Guard, error) {
	clock := func() time.Time {
		if w.step.Now == nil {
			return time.Time{}
		}
		return time.UnixMicro(int64(*w.step.Now*1e6 + 0.5))
	}
	o := guard.Options{
		Issuer: c.Issuer, Audience: c.Audience, Apps: c.Apps, Tiers: c.Tiers, Mode: c.Mode, TokenKind: c.Kind, Proofs: c.Proofs,
		Observe: c.Enforcement == "observe", ClockTolerance: orNone(c.Tolerance), MaxFieldLength: c.MaxField, Development: c.Development,
		AllowListed: c.AllowListed, ResourceMetadata: c.Metadata, Clock: clock, Client: &http.Client{Transport: w},
		ProofMaxAge: orNone(c.Age),
		ReplayStore: store{guard.NewMemoryStore(clock, c.Capacity), w},
		SHA256: func(data []byte) ([]byte, error) {
			if err := w.fails("crypto"); err != nil {
				return nil, err
			}
			return guard.SHA256(data)
		},
	}
	var fetched struct {
		URL      string
		MaxAge   float64 `json:"max_age"`
		Cooldown float64
		Stale    *float64 `json:"stale_if_error"`
		MaxBytes int64    `json:"max_bytes"`
		Timeout  float64
	}
	_ = json.Unmarshal(c.JWKS, &fetched)
	o.JWKS = guard.JWKS{URL: fetched.URL, MaxAge: fetched.MaxAge, Cooldown: fetched.Cooldown, StaleIfError: orNone(fetched.Stale), MaxBytes: fetched.MaxBytes, Timeout: fetched.Timeout}
	if fetched.URL == "" {
		o.JWKS.Set = c.JWKS
	}
	if c.Base != nil && json.Unmarshal(c.Base, &o.PublicBaseURL) != nil {
		var base struct{ Forwarded []string }
		_ = json.Unmarshal(c.Base, &base)
		o.PublicBaseURL, o.Origins = "", base.Forwarded
	}
	if c.Denied != nil {
		o.DenyList = denyList{c.Denied, w}
	}
	if n := c.Nonces; n != nil {
		key, _ := base64.RawURLEncoding.DecodeString(n.Key)
		random, _ := base64.RawURLEncoding.DecodeString(n.Random)
		source, err := guard.NewNonces(guard.Nonces{Key: key, Lifetime: n.Lifetime, Random: func(into []byte) error { copy(into, random); return nil }}, c.Audience)
		if err != nil {
			return nil, err
		}
		o.Nonces = &guard.Nonces{Source: nonces{source, w}}
	}
	if s := c.Status; s != nil {
		o.StatusList = &guard.StatusList{MaxAge: s.MaxAge, StaleIfError: orNone(s.Stale), FailWhenStale: s.WhenStale == "fail", Timeout: s.Timeout}
	}
	return guard.New(o)
}

// onWire is each character as one byte.
func onWire(text string) string {
	var bytes []byte
	for _, char := range text {
		bytes = append(bytes, byte(char))
	}
	return string(bytes)
}

func (w *world) answer(g *guard.Guard, c configuration, s step) map[string]any {
	w.step = s
	for address, d := range s.Documents {
		w.documents[address] = d
	}
	decision := g.Decide(context.Background(), &guard.Request{Method: s.Request.Method, Target: onWire(s.Request.Target), Fields: func(yield func(string, string) bool) {
		if err := w.fails("request"); err != nil {
			panic(err)
		}
		for _, field := range s.Request.Fields {
			if !yield(field[0], onWire(field[1])) {
				return
			}
		}
	}})
	g.Idle(context.Background())
	fields := map[string]string{}
	for name, value := range decision.Header {
		if name != "Content-Type" && name != "Cache-Control" {
			fields[name] = value
		}
	}
	stated := map[string]any{"status": decision.Status, "code": decision.Code, "fields": fields}
	if !decision.OK() {
		stated["answer"] = decision.Answer
		return stated
	}
	a := decision.Attested
	enforcement := c.Enforcement
	if enforcement == "" {
		enforcement = "enforce"
	}
	attested := map[string]any{
		"app": a.App, "build": a.Build, "channel": a.Channel, "platform": a.Platform, "tier": a.Tier, "holder_key": a.HolderKey,
		"installation": a.Installation, "jkt": orNull(a.JKT), "jti": a.JTI, "issued_at": a.IssuedAt, "expires_at": a.ExpiresAt,
		"mode": c.Mode, "proof": orNull(decision.Proof), "enforcement": enforcement, "would_refuse": orNull(decision.WouldRefuse),
	}
	if a.Development {
		attested["development"] = true
	}
	if a.Allowed {
		attested["allowed"] = true
	}
	stated["attested"] = attested
	return stated
}

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<26)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for lines.Scan() {
		var q question
		if err := json.Unmarshal(lines.Bytes(), &q); err != nil {
			panic(err)
		}
		answer := map[string]any{"id": q.ID}
		w := &world{documents: map[string]document{}}
		if q.Family != "requests" {
			answer["skipped"] = "another family"
		} else if g, err := w.start(q.Input.Configuration); errors.Is(err, guard.ErrMisuse) {
			answer["error"] = "MISUSE"
		} else {
			output := []any{}
			for _, s := range q.Input.Steps {
				output = append(output, w.answer(g, q.Input.Configuration, s))
			}
			answer["output"] = output
		}
		line, _ := json.Marshal(answer)
		out.Write(append(line, '\n'))
	}
}
