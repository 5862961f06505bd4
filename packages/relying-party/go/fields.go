package guard

import (
	"iter"
	"strings"
)

// Request is what the guard reads of a request.
type Request struct {
	Method string
	// Target is as in the request line: http.Request.RequestURI.
	Target string
	// Fields gives every field as it came, each value of a repeated one by itself and in order. Names are in any case.
	Fields iter.Seq2[string, string]
}

type fields struct{ attestation, pop, dpop, authorization, proto, host []string }

func readFields(of iter.Seq2[string, string]) fields {
	var f fields
	of(func(name, value string) bool {
		switch len(name) {
		case 24, 28, 4, 13, 17, 16:
		default:
			return true
		}
		switch lower(name) {
		case "oauth-client-attestation":
			f.attestation = apart(f.attestation, value)
		case "oauth-client-attestation-pop":
			f.pop = apart(f.pop, value)
		case "dpop":
			f.dpop = apart(f.dpop, value)
		case "authorization":
			f.authorization = authorizationsApart(f.authorization, value)
		case "x-forwarded-proto":
			f.proto = apart(f.proto, value)
		case "x-forwarded-host":
			f.host = apart(f.host, value)
		}
		return true
	})
	return f
}

const whiteSpace = " \t\r\n"

// apart separates at commas, because no value of these fields has one.
func apart(values []string, value string) []string {
	if !strings.Contains(value, ",") {
		return append(values, value)
	}
	for part := range strings.SplitSeq(value, ",") {
		values = append(values, strings.Trim(part, whiteSpace))
	}
	return values
}

// authorizationsApart: other schemes have commas in their parameters, so only a scheme that carries a token begins another value.
func authorizationsApart(values []string, value string) []string {
	start := 0
	for i := 0; i < len(value); i++ {
		if value[i] != ',' {
			continue
		}
		rest := strings.TrimLeft(value[i+1:], " \t")
		if scheme, length := schemeOf(rest); scheme != "" && length < len(rest) {
			values = append(values, value[start:i])
			start = len(value) - len(rest)
			i = start
		}
	}
	return append(values, value[start:])
}

// schemeOf is dpop or bearer, before white space or the end; otherwise nothing.
func schemeOf(value string) (string, int) {
	end := strings.IndexAny(value, " \t")
	if end < 0 {
		end = len(value)
	}
	if scheme := lower(value[:end]); scheme == "dpop" || scheme == "bearer" {
		return scheme, end
	}
	return "", 0
}

const longestAuthorization = 8192

// credentials are a scheme, spaces and a b64token.
func credentials(value string) (scheme, token string, ok bool) {
	if len(value) > longestAuthorization {
		return "", "", false
	}
	scheme, end := schemeOf(value)
	token = strings.TrimLeft(value[end:], " ")
	body := strings.TrimRight(token, "=")
	_, isToken := isText(body, 1, longestAuthorization, func(c byte) bool {
		return isAlnum(c) || strings.IndexByte("-._~+/", c) >= 0
	})
	return scheme, token, scheme != "" && isToken && len(token) < len(value)-end
}

func length(values []string) int {
	sum := 0
	for _, value := range values {
		sum += len(value)
	}
	return sum
}

// presented is what a request presents: one token, and one proof where the mode has them.
type presented struct{ token, proof, covered string }

const (
	methodDPoP     = "dpop"
	methodCombined = "dpop_combined"
	methodPoP      = "attestation_pop_jwt"
)

// methodOf is the method by the fields that are there.
func (g *Guard) methodOf(f fields) string {
	switch {
	case g.access && len(f.dpop) > 0:
		return methodDPoP
	case g.access:
		return ""
	case len(f.pop) > 0:
		return methodPoP
	case len(f.dpop) > 0:
		return methodCombined
	}
	return ""
}

func (g *Guard) present(f fields, method string) (presented, error) {
	if g.access {
		return g.presentAccess(f)
	}
	switch size := length(f.attestation) + length(f.pop) + length(f.dpop); {
	case size > g.maxFieldLength:
		return presented{}, refusal("REQUEST_FIELDS_TOO_LARGE")
	case len(f.attestation) == 0:
		return presented{}, refusal("TOKEN_MISSING")
	case len(f.attestation) > 1:
		return presented{}, refusal("TOKEN_REPEATED")
	case !g.bound:
		return presented{token: f.attestation[0]}, nil
	case method == "":
		return presented{}, refusal("PROOF_MISSING")
	case !g.proofs[method]:
		return presented{}, refusal("PROOF_METHOD_NOT_ADMITTED")
	}
	values := f.dpop
	if method == methodPoP {
		values = f.pop
	}
	if len(values) != 1 {
		return presented{}, refusal("PROOF_REPEATED")
	}
	found := presented{token: f.attestation[0], proof: values[0]}
	if method == methodPoP || len(f.authorization) == 0 {
		return found, nil
	}
	if length(f.authorization) > longestAuthorization {
		return presented{}, refusal("REQUEST_FIELDS_TOO_LARGE")
	}
	if len(f.authorization) > 1 {
		return presented{}, refusal("AUTHORIZATION_REPEATED")
	}
	if scheme, _ := schemeOf(f.authorization[0]); scheme == "" {
		return found, nil
	}
	_, token, ok := credentials(f.authorization[0])
	if !ok {
		return presented{}, refusal("AUTHORIZATION_MALFORMED")
	}
	found.covered = token
	return found, nil
}

func (g *Guard) presentAccess(f fields) (presented, error) {
	if length(f.attestation)+length(f.pop)+length(f.dpop)+length(f.authorization) > g.maxFieldLength {
		return presented{}, refusal("REQUEST_FIELDS_TOO_LARGE")
	}
	if len(f.attestation)+len(f.pop) > 0 {
		return presented{}, refusal("TOKEN_KIND")
	}
	if len(f.authorization) == 0 {
		return presented{}, refusal("TOKEN_MISSING")
	}
	if scheme, _ := schemeOf(f.authorization[0]); scheme == "" {
		return presented{}, refusal("TOKEN_MISSING")
	}
	if len(f.authorization) > 1 {
		return presented{}, refusal("AUTHORIZATION_REPEATED")
	}
	scheme, token, ok := credentials(f.authorization[0])
	switch {
	case !ok:
		return presented{}, refusal("AUTHORIZATION_MALFORMED")
	case (scheme == "dpop") != g.bound:
		return presented{}, refusal("TOKEN_SCHEME")
	case !g.bound:
		return presented{token: token}, nil
	case len(f.dpop) == 0:
		return presented{}, refusal("PROOF_MISSING")
	case len(f.dpop) > 1:
		return presented{}, refusal("PROOF_REPEATED")
	}
	return presented{token: token, proof: f.dpop[0], covered: token}, nil
}

// isOfIssuer is whether a text says of itself that it is a token of this issuer, unverified. A header that cannot be read states no
// type, so iss alone decides; a payload that cannot be read names no issuer.
func (g *Guard) isOfIssuer(value string) bool {
	_, token, ok := credentials(value)
	head, rest, found := strings.Cut(token, ".")
	if !ok || !found {
		return false
	}
	if header, ok := segment(head); ok && kindOf(header["typ"]) == "" {
		return false
	}
	body, _, _ := strings.Cut(rest, ".")
	payload, ok := segment(body)
	return ok && payload["iss"] == g.issuer
}

// base is the public base URL of the request.
func (g *Guard) base(f fields) (string, error) {
	if g.origins == nil {
		return g.fixedBase, nil
	}
	if len(f.proto) == 1 && len(f.host) == 1 && !strings.Contains(f.host[0], "/") {
		if origin, ok := normal(f.proto[0] + "://" + f.host[0]); ok && g.origins[origin] {
			return strings.TrimSuffix(origin, "/"), nil
		}
	}
	return "", refusal("REQUEST_ORIGIN_UNKNOWN")
}
