package guard

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"
)

const keys = `{"keys":[{"kty":"OKP","crv":"Ed25519","alg":"Ed25519","kid":"key-1","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}`

func options() Options {
	return Options{Issuer: "https://attest.example", Audience: "https://api.example.com", JWKS: JWKS{Set: []byte(keys)},
		Apps: []string{"com.example.app"}, Tiers: []string{"warning"}, Mode: "bound"}
}

func TestProtectAnswersRefusalsItself(t *testing.T) {
	g, err := New(options())
	if err != nil {
		t.Fatal(err)
	}
	var codes sync.Map
	reached := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("reached") })
	handler := g.Protect(reached, func(_ *http.Request, d *Decision) { codes.Store(d.Code, true) })
	var group sync.WaitGroup
	for range 8 {
		group.Add(1)
		go func() {
			defer group.Done()
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, httptest.NewRequest("POST", "/v1/orders", nil))
			if w.Code != 401 || w.Header().Get("WWW-Authenticate") != `DPoP algs="ES256"` || !json.Valid(w.Body.Bytes()) {
				t.Error(w.Code, w.Header(), w.Body)
			}
		}()
	}
	group.Wait()
	if _, ok := codes.Load("TOKEN_MISSING"); !ok {
		t.Error("no decision was told")
	}
}

func TestRepeatedFieldsAreSeen(t *testing.T) {
	g, _ := New(options())
	r := httptest.NewRequest("POST", "/", nil)
	r.Header["Oauth-Client-Attestation"] = []string{"a", "b"}
	w := httptest.NewRecorder()
	code := ""
	g.Protect(nil, func(_ *http.Request, d *Decision) { code = d.Code }).ServeHTTP(w, r)
	if code != "TOKEN_REPEATED" {
		t.Error(code)
	}
}

func TestNothingEmptyMeansAllowed(t *testing.T) {
	for name, spoil := range map[string]func(*Options){
		"Apps": func(o *Options) { o.Apps = nil }, "Tiers": func(o *Options) { o.Tiers = nil }, "JWKS": func(o *Options) { o.JWKS = JWKS{} },
		"Mode": func(o *Options) { o.Mode = "" }, "Issuer": func(o *Options) { o.Issuer = "" }, "Audience": func(o *Options) { o.Audience = "" },
		"Nonces": func(o *Options) { o.Nonces = &Nonces{} },
	} {
		o := options()
		spoil(&o)
		if _, err := New(o); !errors.Is(err, ErrMisuse) || !strings.HasSuffix(err.Error(), name) {
			t.Error(name, err)
		}
	}
}

func TestGoTakesMoreForTheSame(t *testing.T) {
	for _, text := range []string{"AA\n", "A\rA", "AA==", "AB", "A"} {
		if _, ok := unb64(text); ok {
			t.Errorf("%q is base64url", text)
		}
	}
	// Letters that strings.EqualFold and strings.ToLower take for s and k.
	if isType("aſsay-status+jwt", "assay-status+jwt") || lower("\u212a") == "k" {
		t.Error("a letter beyond ASCII is one of it")
	}
	for _, text := range []string{`{"a":1,"a":2}`, `{"a":1,"\u0061":2}`, `{"__proto__":1}`, `"\ud800"`, "{\"a\":\"\xff\"}", `[[[[[[[[[1]]]]]]]]]`, `01`, `1 2`, "\ufeff1", ``} {
		if value, ok := readJSON([]byte(text), 8); ok {
			t.Errorf("%q is %v", text, value)
		}
	}
}

// FuzzJSON: what is taken is JSON, and means what the standard library reads.
func FuzzJSON(f *testing.F) {
	for _, seed := range []string{`{"a":[1,-2.5e3,"\ud83d\ude00\n",null,true,false,{}]}`, `1e400`, ` [ ] `, `"\u0000"`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		value, ok := readJSON(text, 8)
		if !ok {
			return
		}
		if !json.Valid(text) {
			t.Fatalf("%q is no JSON", text)
		}
		var standard any
		if err := json.Unmarshal(text, &standard); err == nil && !reflect.DeepEqual(standard, value) {
			t.Fatalf("%q is %v, not %v", text, value, standard)
		}
	})
}

// FuzzNormal: a normal form is its own normal form.
func FuzzNormal(f *testing.F) {
	f.Add("HTTPS://Api.Example.com:443/%7e%2F[a]")
	f.Add("http://[::A]:8080")
	f.Fuzz(func(t *testing.T, uri string) {
		form, ok := normal(uri)
		if again, still := normal(form); ok && (!still || again != form) {
			t.Fatalf("%q is %q, and that %q", uri, form, again)
		}
	})
}

// FuzzDecide: no field makes the guard fail or serve.
func FuzzDecide(f *testing.F) {
	g, _ := New(options())
	f.Add("a.b.c", "a.b.c", "DPoP x", "/v1")
	f.Fuzz(func(t *testing.T, token, proof, authorization, target string) {
		d := g.Decide(t.Context(), &Request{Method: "POST", Target: target, Fields: func(yield func(string, string) bool) {
			_ = yield("OAuth-Client-Attestation", token) && yield("DPoP", proof) && yield("Authorization", authorization)
		}})
		if d.OK() || d.Status == 503 {
			t.Fatal(d.Code)
		}
	})
}
