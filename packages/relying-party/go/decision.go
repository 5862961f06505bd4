package guard

import (
	"errors"
	"strings"
)

// Decision is what the guard decides about one request. Code is for the operator's log; callers see Answer alone.
type Decision struct {
	// Status is 200 if the request may be served.
	Status int
	// Code is ok, or that of the refusal or malfunction.
	Code string
	// Answer is the code of the problem document.
	Answer string
	// Header has the fields of the answer; of a served request those to add, usually none.
	Header map[string]string
	// Body is the problem document.
	Body []byte
	// Attested is the content of the token; nil if it was not verified.
	Attested *Attested
	// Proof is the method; empty in bearer mode.
	Proof string
	// WouldRefuse is, under Observe, the code with which the request would have been refused.
	WouldRefuse string
	// Cause of a malfunction.
	Cause error
}

// OK is whether the request may be served.
func (d *Decision) OK() bool { return d.Status == 200 }

// fault is a refusal, or a malfunction where it has a status of 503.
type fault struct {
	code, nonce string
	isOurs      bool
	cause       error
}

func (f *fault) Error() string { return f.code }
func (f *fault) Unwrap() error { return f.cause }

func refusal(code string) error { return &fault{code: code} }
func malfunction(code string, cause error) error {
	return &fault{code: code, isOurs: true, cause: cause}
}

var titles = map[string]string{
	"attestation_required":       "The request needs a token from the attestation service",
	"invalid_client_attestation": "The token or its proof was not accepted",
	"use_fresh_attestation":      "The token has expired",
	"use_attestation_challenge":  "The proof needs the challenge of this response",
	"invalid_dpop_proof":         "The proof was not accepted",
	"use_dpop_nonce":             "The proof needs the nonce of this response",
	"invalid_token":              "The token was not accepted in this form",
	"insufficient_attestation":   "The token does not admit to this",
	"fields_too_large":           "The fields of token and proof are larger than this API accepts",
	"too_many_requests":          "This key has sent more requests than it may within a minute",
	"temporarily_unavailable":    "The request cannot be judged at the moment",
}

var statuses = map[string]int{"insufficient_attestation": 403, "fields_too_large": 431, "too_many_requests": 429, "temporarily_unavailable": 503}

func (g *Guard) answerTo(code, method string) string {
	if method == "" {
		method = g.firstProof
	}
	isPoP := method == methodPoP
	answer := ""
	switch code {
	case "TOKEN_MISSING":
		return "attestation_required"
	case "AUTHORIZATION_REPEATED", "AUTHORIZATION_MALFORMED", "TOKEN_KIND", "TOKEN_SCHEME", "TOKEN_MODE", "TOKEN_DENIED",
		"TOKEN_BUILD_RETIRED", "TOKEN_BANNED", "PROOF_MISSING":
		return "invalid_token"
	case "APP_NOT_ADMITTED", "TIER_NOT_ADMITTED":
		return "insufficient_attestation"
	case "REQUEST_FIELDS_TOO_LARGE":
		return "fields_too_large"
	case "PROOF_SHARE_SPENT":
		return "too_many_requests"
	case "NONCE_MISSING", "NONCE_INVALID":
		if isPoP {
			return "use_attestation_challenge"
		}
		return "use_dpop_nonce"
	case "TOKEN_EXPIRED":
		answer = "use_fresh_attestation"
	default:
		if !strings.HasPrefix(code, "TOKEN_") && code != "PROOF_METHOD_NOT_ADMITTED" {
			if isPoP {
				return "invalid_client_attestation"
			}
			return "invalid_dpop_proof"
		}
		answer = "invalid_client_attestation"
	}
	if g.access {
		return "invalid_token"
	}
	return answer
}

func (g *Guard) refuse(err error, method string, attested *Attested) *Decision {
	var f *fault
	if !errors.As(err, &f) {
		f = &fault{code: "GUARD_FAILED", isOurs: true, cause: err}
	}
	d := &Decision{Code: f.code, Answer: "temporarily_unavailable", Attested: attested, Cause: f.cause}
	if !f.isOurs {
		d.Answer = g.answerTo(f.code, method)
	}
	if d.Status = statuses[d.Answer]; d.Status == 0 {
		d.Status = 401
	}
	d.Header = map[string]string{"Content-Type": "application/problem+json", "Cache-Control": "no-store"}
	switch d.Status {
	case 401:
		d.Header["WWW-Authenticate"] = g.challenge(d.Answer)
	case 429:
		d.Header["Retry-After"] = "15"
	case 503:
		d.Header["Retry-After"] = "5"
	}
	setNonce(d.Header, f.nonce)
	// Nothing in it needs an escape.
	d.Body = []byte(`{"type":"urn:assay:problem:` + d.Answer + `","title":"` + titles[d.Answer] + `","status":` + decimal(d.Status) + `,"code":"` + d.Answer + `"}`)
	return d
}

func setNonce(header map[string]string, nonce string) {
	if nonce != "" {
		header["DPoP-Nonce"], header["OAuth-Client-Attestation-Challenge"] = nonce, nonce
	}
}

func decimal(status int) string {
	return string([]byte{byte('0' + status/100), byte('0' + status/10%10), byte('0' + status%10)})
}

func (g *Guard) challenge(answer string) string {
	var parameters []string
	scheme := "Bearer"
	if g.bound {
		scheme, parameters = "DPoP", append(parameters, `algs="ES256"`)
	}
	if answer != "attestation_required" {
		parameters = append(parameters, `error="`+answer+`"`)
	}
	if g.resourceMetadata != "" {
		parameters = append(parameters, `resource_metadata="`+g.resourceMetadata+`"`)
	}
	return strings.TrimSpace(scheme + " " + strings.Join(parameters, ", "))
}
