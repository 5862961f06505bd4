package guard

import "math"

// openProof splits a proof and reads its payload; nothing of it is trusted.
func openProof(text string) (jws, map[string]any, error) {
	parts, ok := split(text, longestJWT)
	if !ok {
		return parts, nil, refusal("PROOF_MALFORMED")
	}
	payload, ok := segment(parts.payload)
	if !ok {
		return parts, nil, refusal("PROOF_MALFORMED")
	}
	return parts, payload, nil
}

// target is the request as its proof has to describe it.
type target struct{ method, base, path, covered string }

// used is a verified proof, as single use needs it.
type used struct {
	jkt, jti         string
	from, until, iat float64
}

func (g *Guard) verifyProof(parts jws, claims map[string]any, of *token, method string, t target, now float64) (used, error) {
	key, err := g.checkHeader(parts, of, method)
	if err != nil {
		return used{}, err
	}
	if !key.verify(parts.input, parts.signature) {
		return used{}, refusal("PROOF_SIGNATURE")
	}
	iat, err := g.checkProofTimes(claims, now)
	if err != nil {
		return used{}, err
	}
	if method == methodPoP {
		list, isList := claims["aud"].([]any)
		if claims["aud"] != g.audience && !(isList && len(list) == 1 && list[0] == g.audience) {
			return used{}, refusal("PROOF_AUDIENCE")
		}
	} else if err := g.checkCover(claims, of, t); err != nil {
		return used{}, err
	}
	jti, ok := isText(claims["jti"], 8, 128, isVisible)
	if !ok {
		return used{}, refusal("PROOF_JTI")
	}
	return used{of.attested.JKT, jti, iat - g.tolerance, iat + g.proofMaxAge + g.tolerance, iat}, nil
}

// checkHeader gives the key of the token, if the header names that very key.
func (g *Guard) checkHeader(parts jws, of *token, method string) (verifier, error) {
	typ, slot := "dpop+jwt", 0
	if method == methodPoP {
		typ, slot = "oauth-client-attestation-pop+jwt", 1
	}
	g.mutex.Lock()
	accepted, holder, known := of.accepted[slot], of.holder, of.holderKey
	g.mutex.Unlock()
	if known != nil && accepted == parts.header {
		return known, nil
	}
	header, ok := segment(parts.header)
	switch {
	case !ok:
		return nil, refusal("PROOF_MALFORMED")
	case !isType(header["typ"], typ):
		return nil, refusal("PROOF_TYPE")
	case header["alg"] != "ES256":
		return nil, refusal("PROOF_ALGORITHM")
	case hasAny(header, "crit"):
		return nil, refusal("PROOF_CRITICAL")
	}
	if method != methodPoP {
		named, ok := readHolderKey(header["jwk"])
		if !ok {
			return nil, refusal("PROOF_KEY")
		}
		if known == nil {
			jkt, err := g.digest(named.thumbprintInput())
			if err != nil {
				return nil, err
			}
			if jkt != of.attested.JKT {
				return nil, refusal("PROOF_KEY_MISMATCH")
			}
			if known = named.point(); known == nil {
				return nil, refusal("PROOF_KEY")
			}
			holder = named
		} else if named != holder {
			return nil, refusal("PROOF_KEY_MISMATCH")
		}
	}
	g.mutex.Lock()
	of.accepted[slot], of.holder, of.holderKey = parts.header, holder, known
	g.mutex.Unlock()
	return known, nil
}

func (g *Guard) checkProofTimes(claims map[string]any, now float64) (float64, error) {
	iat, ok := isTime(claims["iat"])
	switch {
	case !ok:
		return 0, refusal("PROOF_CLAIMS")
	case iat > now+g.tolerance:
		return 0, refusal("PROOF_FROM_FUTURE")
	case now > iat+g.proofMaxAge+g.tolerance:
		return 0, refusal("PROOF_TOO_OLD")
	}
	if value, present := claims["exp"]; present {
		exp, ok := isTime(value)
		if !ok {
			return 0, refusal("PROOF_CLAIMS")
		}
		if now >= exp+g.tolerance {
			return 0, refusal("PROOF_TOO_OLD")
		}
	}
	if value, present := claims["nbf"]; present {
		nbf, ok := isTime(value)
		if !ok {
			return 0, refusal("PROOF_CLAIMS")
		}
		if nbf > now+g.tolerance {
			return 0, refusal("PROOF_FROM_FUTURE")
		}
	}
	return iat, nil
}

func (g *Guard) checkCover(claims map[string]any, of *token, t target) error {
	htm, isMethod := claims["htm"].(string)
	htu, isURI := claims["htu"].(string)
	ath, hasHash := claims["ath"]
	switch {
	case !isMethod || !isURI:
		return refusal("PROOF_CLAIMS")
	case htm != t.method:
		return refusal("PROOF_HTM")
	case !namesTarget(htu, t.base, t.path):
		return refusal("PROOF_HTU")
	case t.covered == "" && hasHash:
		return refusal("PROOF_ATH")
	case t.covered == "":
		return nil
	case !hasHash:
		return refusal("PROOF_ATH_MISSING")
	}
	hash := of.hash
	if hash == "" {
		var err error
		if hash, err = g.digest([]byte(t.covered)); err != nil {
			return err
		}
	}
	if ath != hash {
		return refusal("PROOF_ATH")
	}
	return nil
}

// expires is how long a store has to remember a proof: a second longer than it can pass, and the tolerance for its clock.
func (g *Guard) expires(u used) float64 { return math.Ceil(u.until+g.tolerance) + 1 }
