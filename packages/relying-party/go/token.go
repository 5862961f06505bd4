package guard

import "strings"

// Attested is what an API learns of the caller.
type Attested struct {
	App, Build, Channel, Platform, Tier, HolderKey, Installation string
	// JKT is the RFC 7638 thumbprint of the installation key; empty only for an access token as bearer.
	JKT, JTI string
	// IssuedAt and ExpiresAt are in Unix seconds.
	IssuedAt, ExpiresAt float64
	// Development: nothing was appraised. Allowed: a test device that the policy refused.
	Development, Allowed bool
}

// token is verified. It is shared by requests, so nothing of it changes but under the guard's mutex.
type token struct {
	attested Attested
	issuer   *issuerKey
	// hash is what ath of proofs of an access token must be.
	hash string

	// holder is set by the first proof, where an access token names only the thumbprint.
	holder    holderKey
	holderKey verifier
	// accepted is the last header that named this key, by type of proof: the same characters are not parsed twice.
	accepted [2]string
}

var kinds = [2]string{"oauth-client-attestation+jwt", "at+jwt"}

func kindOf(typ any) string {
	for _, kind := range kinds {
		if isType(typ, kind) {
			return kind
		}
	}
	return ""
}

func (g *Guard) verifyToken(text string, now float64) (*token, error) {
	if known := g.tokens.get(text); known != nil {
		key := g.keys.current(known.issuer.kid, now)
		if key == nil {
			var err error
			if key, err = g.keys.find(known.issuer.kid, now); err != nil {
				return nil, err
			}
		}
		if key == known.issuer {
			return known, g.checkTimes(known.attested.IssuedAt, known.attested.ExpiresAt, now)
		}
	}
	parts, ok := split(text, longestJWT)
	if !ok {
		return nil, refusal("TOKEN_MALFORMED")
	}
	payload, ok := segment(parts.payload)
	header, isHeader := segment(parts.header)
	if !ok || !isHeader {
		return nil, refusal("TOKEN_MALFORMED")
	}
	key, err := g.tokenKey(header, now)
	if err != nil {
		return nil, err
	}
	if !key.key.verify(parts.input, parts.signature) {
		return nil, refusal("TOKEN_SIGNATURE")
	}
	verified, err := g.readClaims(payload, now)
	if err != nil {
		return nil, err
	}
	verified.issuer = key
	if g.access {
		if verified.hash, err = g.digest([]byte(text)); err != nil {
			return nil, err
		}
	} else {
		if verified.holderKey = verified.holder.point(); verified.holderKey == nil {
			return nil, refusal("TOKEN_CONFIRMATION_KEY")
		}
		if verified.attested.JKT, err = g.digest(verified.holder.thumbprintInput()); err != nil {
			return nil, err
		}
	}
	g.tokens.set(text, verified)
	return verified, nil
}

func (g *Guard) tokenKey(header map[string]any, now float64) (*issuerKey, error) {
	switch kind := kindOf(header["typ"]); {
	case kind == "":
		return nil, refusal("TOKEN_TYPE")
	case (kind == kinds[1]) != g.access:
		return nil, refusal("TOKEN_KIND")
	}
	alg, ok := oneOf(header["alg"], "ES256", "Ed25519")
	if !ok {
		return nil, refusal("TOKEN_ALGORITHM")
	}
	if hasAny(header, "crit") {
		return nil, refusal("TOKEN_CRITICAL")
	}
	kid, ok := isText(header["kid"], 1, 128, isURLChar)
	if !ok {
		return nil, refusal("TOKEN_KEY_ID")
	}
	key := g.keys.current(kid, now)
	if key == nil {
		var err error
		if key, err = g.keys.find(kid, now); err != nil {
			return nil, err
		}
	}
	if key == nil {
		return nil, refusal("TOKEN_KEY_UNKNOWN")
	}
	if key.alg != alg {
		return nil, refusal("TOKEN_ALGORITHM")
	}
	return key, nil
}

func (g *Guard) checkTimes(iat, exp, now float64) error {
	if iat > now+g.tolerance {
		return refusal("TOKEN_NOT_YET_VALID")
	}
	if now >= exp+g.tolerance {
		return refusal("TOKEN_EXPIRED")
	}
	return nil
}

// IsAppID is whether a text can be the id of an app, or of an OAuth client that is the URL of its metadata.
func isAppID(value any) bool {
	text, _ := value.(string)
	if rest, isURL := strings.CutPrefix(text, "https://"); isURL {
		_, ok := isText(rest, 1, 247, isVisible)
		return ok
	}
	return isName(value, 3, 255, "._-")
}

func isName(value any, least, most int, more string) bool {
	text, ok := isText(value, least, most, func(c byte) bool { return isAlnum(c) || strings.IndexByte(more, c) >= 0 })
	return ok && isAlnum(text[0])
}

// readClaims follows the table "Claims of the token" of docs/verifiers.md, in its order.
func (g *Guard) readClaims(claims map[string]any, now float64) (*token, error) {
	app, installed := claims["sub"], claims["installation"]
	if g.access {
		app, installed = claims["client_id"], claims["sub"]
	}
	if claims["iss"] != g.issuer {
		return nil, refusal("TOKEN_ISSUER")
	}
	if claims["aud"] != g.audience {
		return nil, refusal("TOKEN_AUDIENCE")
	}
	if !isAppID(app) || !isName(claims["build"], 1, 128, "._+-") {
		return nil, refusal("TOKEN_CLAIMS")
	}
	jti, hasJTI := isText(claims["jti"], 1, 128, isVisible)
	installation, isInstalled := isText(installed, 1, 128, isVisible)
	platform, isPlatform := oneOf(claims["platform"], "android", "ios", "web", "node")
	tier, isTier := oneOf(claims["ear_status"], "affirming", "warning", "contraindicated", "none")
	stated, present := claims["channel"]
	if !present {
		stated = "production"
	}
	channel, isChannel := oneOf(stated, "production", "beta", "internal")
	kept, isKept := oneOf(claims["holder_key"], "software", "vouched", "hardware")
	iat, hasIAT := isTime(claims["iat"])
	exp, hasEXP := isTime(claims["exp"])
	if !(hasJTI && isInstalled && isPlatform && isTier && isChannel && isKept && hasIAT && hasEXP) {
		return nil, refusal("TOKEN_CLAIMS")
	}
	verified := &token{}
	bound, err := g.confirmation(claims, verified)
	if err != nil {
		return nil, err
	}
	if bound != g.bound {
		return nil, refusal("TOKEN_MODE")
	}
	longest := 900.0
	if g.access || !bound {
		longest = 300
	}
	if exp <= iat || exp-iat > longest {
		return nil, refusal("TOKEN_LIFETIME")
	}
	if err := g.checkTimes(iat, exp, now); err != nil {
		return nil, err
	}
	development, isMarked := claims["development"]
	if isMarked && development != true {
		return nil, refusal("TOKEN_CLAIMS")
	}
	if isMarked != g.development {
		return nil, refusal("TOKEN_DEVELOPMENT")
	}
	allowed, isAllowed := claims["allowed"]
	if isAllowed && (allowed != true || g.access) {
		return nil, refusal("TOKEN_CLAIMS")
	}
	if (tier == "none") != isMarked || g.access && tier == "contraindicated" {
		return nil, refusal("TIER_NOT_ADMITTED")
	}
	jkt := verified.attested.JKT
	verified.attested = Attested{
		App: app.(string), Build: claims["build"].(string), Channel: channel, Platform: platform, Tier: tier, HolderKey: kept,
		Installation: installation, JKT: jkt, JTI: jti, IssuedAt: iat, ExpiresAt: exp, Development: isMarked, Allowed: isAllowed,
	}
	return verified, nil
}

// confirmation reads the key and says whether the token is bound.
func (g *Guard) confirmation(claims map[string]any, into *token) (bool, error) {
	cnf, present := claims["cnf"]
	object, _ := cnf.(map[string]any)
	if g.access {
		if !present {
			return false, nil
		}
		jkt, ok := isText(object["jkt"], 43, 43, isURLChar)
		if !ok || len(object) != 1 {
			return false, refusal("TOKEN_CONFIRMATION_KEY")
		}
		into.attested.JKT = jkt
		return true, nil
	}
	key, ok := readHolderKey(object["jwk"])
	if !ok || len(object) != 1 {
		return false, refusal("TOKEN_CONFIRMATION_KEY")
	}
	into.holder = key
	mode, ok := oneOf(claims["mode"], "bound", "bearer")
	if !ok {
		return false, refusal("TOKEN_CLAIMS")
	}
	return mode == "bound", nil
}
