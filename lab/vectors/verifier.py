"""Decides about requests as docs/verifiers.md says: fields, tokens, proofs, single use, over python3-cryptography.
Questions on standard input, answers on standard output, a line each. Cases that need what LACKS names are skipped."""
import base64, hashlib, hmac, json, math, re, sys
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils

LACKS = {"deny-list", "fetched-keys", "memory-store", "ports", "status-list"}
TYPES = {"attestation": "oauth-client-attestation+jwt", "access": "at+jwt"}
CREDENTIALS = re.compile(r"(dpop|bearer) +([A-Za-z0-9\-._~+/]+=*)", re.I)

class Refused(Exception): pass
def must(*checks):
    """Pairs of what must hold and the code with which it is refused otherwise; the first that fails counts."""
    for holds, code in zip(checks[::2], checks[1::2]):
        if not holds: raise Refused(code)
def b64(data): return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
def digest(text): return b64(hashlib.sha256(text.encode()).digest())
def is_text(value, pattern): return isinstance(value, str) and re.fullmatch(pattern, value) is not None
def is_time(value): return type(value) in (int, float) and 0 <= value <= 2**53 - 1
def is_type(typ, expected): return isinstance(typ, str) and typ.lower() in (expected, f"application/{expected}")
def unb64(text, length=None):
    if not is_text(text, r"[A-Za-z0-9_-]*") or len(text) % 4 == 1: return None
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    return data if b64(data) == text and length in (None, len(data)) else None

# Parts of a JWT: what is not as it must be is None
def members(pairs):
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names) or "__proto__" in names: raise ValueError
    return dict(pairs)
def depth(value):
    inner = value.values() if isinstance(value, dict) else value
    return 1 + max(map(depth, inner), default=0) if isinstance(value, (dict, list)) else 0
def read_object(segment):
    try:
        value = json.loads(unb64(segment).decode(), object_pairs_hook=members, parse_constant=members)
        json.dumps(value, ensure_ascii=False).encode()
        return value if isinstance(value, dict) and depth(value) <= 8 else None
    except (AttributeError, ValueError, RecursionError): return None
def split(text, code):
    parts = text.split(".")
    must(len(parts) == 3 and all(parts) and len(text) <= 8192, code)
    header, payload = map(read_object, parts[:2])
    must(payload is not None, code)
    return parts, header, payload

# Keys, P-256 as x and y, and signatures
def read_key(jwk):
    if not isinstance(jwk, dict) or {"d", "k", "p", "q", "priv"} & {*jwk}: return None
    if (jwk.get("kty"), jwk.get("crv")) != ("EC", "P-256") or jwk.get("alg", "ES256") != "ES256": return None
    x, y = unb64(jwk.get("x"), 32), unb64(jwk.get("y"), 32)
    return None if x is None or y is None else (x, y)
def point(key):
    try: return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + b"".join(key))
    except ValueError: return None
def thumbprint(key): return digest(f'{{"crv":"P-256","kty":"EC","x":"{b64(key[0])}","y":"{b64(key[1])}"}}')
def is_signed(key, parts):
    signature, signed = unb64(parts[2], 64) or b"", f"{parts[0]}.{parts[1]}".encode()
    pair = utils.encode_dss_signature(*(int.from_bytes(half, "big") for half in (signature[:32], signature[32:])))
    edwards = isinstance(key, ed25519.Ed25519PublicKey)
    try: key.verify(signature, signed) if edwards else key.verify(pair, signed, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature: return False
    return True
def issuer_keys(jwks):
    keys = {}
    for jwk in jwks.get("keys", []):
        kid, alg, kind = jwk.get("kid"), jwk.get("alg"), (jwk.get("kty"), jwk.get("crv"))
        if not is_text(kid, r"[A-Za-z0-9_-]{1,128}") or jwk.get("use", "sig") != "sig": continue
        if alg == "ES256" and read_key(jwk): keys[kid] = (alg, point(read_key(jwk)))
        if alg == kind[1] == "Ed25519": keys[kid] = (alg, ed25519.Ed25519PublicKey.from_public_bytes(unb64(jwk["x"], 32)))
    return keys

# The target, in the normal form of RFC 3986 section 6.2
PATH = r"(?:/(?:[\w\-.~!$&'()*+,;=:@/[\]|^]|%[0-9a-f]{2})*)?"
def normal(uri):
    found = re.fullmatch(rf"(https?)://([a-z0-9._~-]+|\[[0-9a-f:.]+\])(?::([1-9][0-9]{{0,4}})?)?({PATH})", uri, re.I | re.A)
    if not found or int(found[3] or 0) > 65535 or re.search(r"/(?:\.|%2e){1,2}(?:/|\Z)", found[4], re.I): return None
    scheme, host, port, path = (part or "" for part in found.groups())
    port = "" if port in ("", {"http": "80", "https": "443"}[scheme.lower()]) else f":{port}"
    escape = lambda match: char if re.match(r"[\w.~-]", char := chr(int(match[1], 16)), re.A) else match[0].upper()
    return f"{scheme.lower()}://{host.lower()}{port}{re.sub('%([0-9A-Fa-f]{2})', escape, path or '/')}"

class Verifier:
    def __init__(self, configuration):
        self.c, self.keys, self.used = configuration, issuer_keys(configuration["jwks"]), {}
        self.kind = configuration.get("token_kind", "attestation")
        self.bound, self.proofs = configuration["mode"] == "bound", configuration.get("proofs", ["dpop_combined"])
        self.tolerance, self.age = configuration.get("clock_tolerance", 10), configuration.get("proof_max_age", 60)
        must(self.is_usable(configuration.get), "MISUSE")
    def is_usable(self, get):
        alone = ("proofs", "development", "allow_listed") if self.kind == "access" else () if self.bound else ("proofs",)
        base = get("public_base_url", get("audience"))
        bases = [normal(one) for one in ([base] if isinstance(base, str) else base["forwarded"])]
        return (all(len({*of}) == len(of) > 0 for of in (get("apps"), get("tiers"), self.proofs, bases)) and self.keys and not any(map(get, alone))
            and all(normal(of) in (of, of + "/") for of in map(get, ("issuer", "audience"))) and all(bases) and (isinstance(base, str) or all(re.fullmatch("[^/]*//[^/]*/", one) for one in bases)) and get("issuer")[-1] != "/"
            and 0 <= self.tolerance <= 300 and 1 <= self.age <= 600 and 1024 <= get("max_field_length", 6144) <= 16384)
    def decide(self, now, request):
        self.nonce, fields = None, {}
        for name, value in request["fields"]:
            authorization = re.split(r",[ \t]*(?=(?:dpop|bearer)[ \t])", value, flags=re.I | re.A)
            values = authorization if name.lower() == "authorization" else [part.strip(" \t\r\n") for part in value.split(",")] if "," in value else [value]
            fields.setdefault(name.lower(), []).extend(values)
        pop, dpop = (fields.get(name) and self.kind != "access" for name in ("oauth-client-attestation-pop", "dpop"))
        self.method = "attestation_pop_jwt" if pop else "dpop_combined" if dpop else "dpop" if fields.get("dpop") else None
        try: return self.admit(now, request["method"], request["target"], fields)
        except Refused as refused: return self.answer(str(refused))
    def admit(self, now, method, target, fields):
        must("#" not in target, "REQUEST_TARGET_UNUSABLE")
        must(self.kind == "access" or not any(map(self.is_ours, fields.get("authorization", []))), "TOKEN_KIND")
        token, proof, covered = self.read_fields(fields)
        opened = proof is not None and split(proof, "PROOF_MALFORMED")
        if opened and "nonces" in self.c: self.check_nonce(opened[2], now)
        where = opened and self.method != "attestation_pop_jwt" and self.base(fields) + self.path(target)
        attested, key = self.token(token, now)
        if opened: use, until = self.proof(*opened, key, attested["jkt"], method, where, covered, now)
        enforcement, listed = self.c.get("enforcement", "enforce"), self.c.get("allow_listed") and "allowed" in attested
        fits = attested["tier"] in self.c["tiers"] or "development" in attested or listed
        must(attested["app"] in self.c["apps"], "APP_NOT_ADMITTED", fits or enforcement == "observe", "TIER_NOT_ADMITTED")
        if opened: must(self.used.get(use, -1) < now, "PROOF_REPLAYED"), self.used.update({use: until})
        attested |= {"mode": self.c["mode"], "proof": self.method if opened else None, "enforcement": enforcement}
        attested["would_refuse"] = None if fits else "TIER_NOT_ADMITTED"
        return {"status": 200, "code": "ok", "fields": self.nonces(), "attested": attested}
    def is_ours(self, value):
        found = len(value) <= 8192 and CREDENTIALS.fullmatch(value)
        header, payload = map(read_object, [*(found[2] if found else "").split("."), ""][:2])
        typed = header is None or any(is_type(header.get("typ"), typ) for typ in TYPES.values())
        return bool(typed and payload and payload.get("iss") == self.c["issuer"])
    def read_fields(self, fields):
        names = ("oauth-client-attestation", "oauth-client-attestation-pop", "dpop", "authorization")
        token, pop, dpop, authorization = (fields.get(name, []) for name in names)
        size, limit = sum(map(len, token + pop + dpop)), self.c.get("max_field_length", 6144)
        carried = authorization and re.match(r"(dpop|bearer)([ \t]|\Z)", authorization[0], re.I)
        found = CREDENTIALS.fullmatch(authorization[0]) if carried else None
        if self.kind == "access":
            scheme = "dpop" if self.bound else "bearer"
            must(size + sum(map(len, authorization)) <= limit, "REQUEST_FIELDS_TOO_LARGE", not token + pop, "TOKEN_KIND", carried, "TOKEN_MISSING")
            must(len(authorization) == 1, "AUTHORIZATION_REPEATED", found, "AUTHORIZATION_MALFORMED")
            must(found[1].lower() == scheme, "TOKEN_SCHEME", dpop or not self.bound, "PROOF_MISSING", len(dpop) < 2 or not self.bound, "PROOF_REPEATED")
            return found[2], dpop[0] if self.bound else None, found[2]
        must(size <= limit, "REQUEST_FIELDS_TOO_LARGE", token, "TOKEN_MISSING", len(token) == 1, "TOKEN_REPEATED")
        if not self.bound: return token[0], None, None
        must(self.method, "PROOF_MISSING", self.method in self.proofs, "PROOF_METHOD_NOT_ADMITTED")
        must(len(pop or dpop) == 1, "PROOF_REPEATED")
        if pop: return token[0], pop[0], None
        must(sum(map(len, authorization)) <= 8192, "REQUEST_FIELDS_TOO_LARGE", len(authorization) <= 1, "AUTHORIZATION_REPEATED")
        must(found or not carried, "AUTHORIZATION_MALFORMED")
        return token[0], dpop[0], found and found[2]
    def base(self, fields):
        base = self.c.get("public_base_url", self.c["audience"])
        if isinstance(base, str): return base.rstrip("/")
        proto, host = (fields.get(f"x-forwarded-{name}", []) for name in ("proto", "host"))
        origin = normal(f"{proto[0]}://{host[0]}") if len(proto) == len(host) == 1 and "/" not in host[0] else None
        must(origin and origin in map(normal, base["forwarded"]), "REQUEST_ORIGIN_UNKNOWN")
        return origin.rstrip("/")
    def path(self, target):
        path = re.fullmatch(r"(?:https?://[^/?]+|(?=/))([^?]*)(?:\?.*)?", target, re.I | re.S)
        must(path and len(path[1]) <= 4096, "REQUEST_TARGET_UNUSABLE")
        return path[1] or "/"
    def check_nonce(self, claims, now):
        audience, name = self.c["audience"].encode(), "challenge" if self.method == "attestation_pop_jwt" else "nonce"
        secret, chance = (bytes(unb64(self.c["nonces"][of])) for of in ("key", "random"))
        label = b"assay/guard-nonce/1\0" + len(audience).to_bytes(4, "big") + audience
        seal = lambda head: b64(head + hmac.digest(secret, label + head, "sha256")[:16])
        given, lifetime = unb64(claims.get(name), 33) or bytes(33), self.c["nonces"].get("lifetime", 300)
        age = now - int.from_bytes(given[1:5], "big")
        valid = given[0] == 1 and abs(age) <= lifetime and hmac.compare_digest(b64(given), seal(given[:17]))
        if not valid or age > lifetime / 2: self.nonce = seal(b"\1" + int(now).to_bytes(4, "big") + chance)
        must(name in claims, "NONCE_MISSING", valid, "NONCE_INVALID")
    def nonces(self): return dict.fromkeys(["DPoP-Nonce", "OAuth-Client-Attestation-Challenge"], self.nonce) if self.nonce else {}
    def token(self, text, now):
        parts, header, claims = split(text, "TOKEN_MALFORMED")
        get = (header or {}).get
        kind = next((kind for kind, typ in TYPES.items() if is_type(get("typ"), typ)), None)
        must(header is not None, "TOKEN_MALFORMED", kind, "TOKEN_TYPE", kind == self.kind, "TOKEN_KIND")
        must(get("alg") in ("ES256", "Ed25519"), "TOKEN_ALGORITHM", "crit" not in header, "TOKEN_CRITICAL")
        must(is_text(get("kid"), r"[A-Za-z0-9_-]{1,128}"), "TOKEN_KEY_ID", str(get("kid")) in self.keys, "TOKEN_KEY_UNKNOWN")
        alg, key = self.keys[get("kid")]
        must(get("alg") == alg, "TOKEN_ALGORITHM", is_signed(key, parts), "TOKEN_SIGNATURE")
        return self.claims(claims, now)
    def claims(self, claims, now):
        access, tolerance = self.kind == "access", self.tolerance
        get = {"channel": "production", **claims, **({"sub": claims.get("client_id"), "installation": claims.get("sub")} if access else {})}.get
        must(get("iss") == self.c["issuer"], "TOKEN_ISSUER", get("aud") == self.c["audience"], "TOKEN_AUDIENCE")
        texts = {"sub": r"[A-Za-z0-9][A-Za-z0-9._-]{2,254}|https://[!-~]{1,247}", "build": r"[A-Za-z0-9][A-Za-z0-9._+-]{0,127}", **dict.fromkeys(["jti", "installation"], r"[!-~]{1,128}")}
        must(all(is_text(get(name), pattern) for name, pattern in texts.items()), "TOKEN_CLAIMS")
        words = {"platform": "android ios web node", "ear_status": "affirming warning contraindicated none", "channel": "production beta internal", "holder_key": "software vouched hardware"}
        must(all(get(name) in known.split() for name, known in words.items()), "TOKEN_CLAIMS")
        tier, iat, exp, cnf, mode = map(get, ("ear_status", "iat", "exp", "cnf", "mode"))
        name, bare = "jkt" if access else "jwk", access and "cnf" not in claims
        must(is_time(iat) and is_time(exp), "TOKEN_CLAIMS")
        held = cnf[name] if isinstance(cnf, dict) and {*cnf} == {name} else None
        key, mode = (is_text(held, r"[A-Za-z0-9_-]{43}"), "bearer" if bare else "bound") if access else (read_key(held), mode)
        must(key or bare, "TOKEN_CONFIRMATION_KEY", mode in ("bound", "bearer"), "TOKEN_CLAIMS", mode == self.c["mode"], "TOKEN_MODE")
        must(0 < exp - iat <= (300 if access or mode == "bearer" else 900), "TOKEN_LIFETIME")
        must(iat <= now + tolerance, "TOKEN_NOT_YET_VALID", exp > now - tolerance, "TOKEN_EXPIRED")
        development, marks = get("development") is True, {name for name in ("development", "allowed") if name in claims}
        must("development" not in marks or development, "TOKEN_CLAIMS", development == ("development" in self.c), "TOKEN_DEVELOPMENT")
        must("allowed" not in claims if access else get("allowed", True) is True, "TOKEN_CLAIMS")
        must(tier in ("affirming", "warning") if access else (tier == "none") == development, "TIER_NOT_ADMITTED")
        must(access or point(key), "TOKEN_CONFIRMATION_KEY")
        jkt = (None if bare else held) if access else thumbprint(key)
        same = {name: get(name) for name in ("build", "platform", "holder_key", "jti", "installation", "channel", *marks)}
        return {"app": get("sub"), "jkt": jkt, "tier": tier, "issued_at": iat, "expires_at": exp, **same}, key
    def proof(self, parts, header, claims, key, jkt, method, where, covered, now):
        get, pop = claims.get, self.method == "attestation_pop_jwt"
        must(header is not None, "PROOF_MALFORMED")
        must(is_type(header.get("typ"), "oauth-client-attestation-pop+jwt" if pop else "dpop+jwt"), "PROOF_TYPE")
        must(header.get("alg") == "ES256", "PROOF_ALGORITHM", "crit" not in header, "PROOF_CRITICAL")
        named = key if pop else read_key(header.get("jwk"))
        must(named, "PROOF_KEY", named and thumbprint(named) == jkt, "PROOF_KEY_MISMATCH", named and point(named), "PROOF_KEY")
        must(is_signed(point(named), parts), "PROOF_SIGNATURE")
        iat, last, latest = get("iat"), now - self.tolerance, now + self.tolerance
        must(is_time(iat), "PROOF_CLAIMS")
        must(iat <= latest, "PROOF_FROM_FUTURE", last <= iat + self.age, "PROOF_TOO_OLD")
        must(is_time(get("exp", now)) and is_time(get("nbf", 0)), "PROOF_CLAIMS")
        must(get("exp", math.inf) > last, "PROOF_TOO_OLD", get("nbf", 0) <= latest, "PROOF_FROM_FUTURE")
        if pop: must(get("aud") in (self.c["audience"], [self.c["audience"]]), "PROOF_AUDIENCE")
        else:
            must(isinstance(get("htm"), str) and isinstance(get("htu"), str), "PROOF_CLAIMS", get("htm") == method, "PROOF_HTM")
            htu = re.split(r"[?#]", get("htu"))[0]
            must(len(htu) <= 4096 and normal(htu) is not None and normal(htu) == normal(where), "PROOF_HTU")
            must(covered is not None or "ath" not in claims, "PROOF_ATH")
            must(covered is None or "ath" in claims, "PROOF_ATH_MISSING", covered is None or get("ath") == digest(covered), "PROOF_ATH")
        must(is_text(get("jti"), r"[!-~]{8,128}"), "PROOF_JTI")
        return (jkt, get("jti")), math.ceil(iat + self.age + 2 * self.tolerance) + 1
    def answer(self, code):
        pop = (self.method or self.proofs[0]) == "attestation_pop_jwt"
        answers = {"TOKEN_MISSING": "attestation_required", "TOKEN_EXPIRED": "use_fresh_attestation"}
        answers |= {"REQUEST_FIELDS_TOO_LARGE": "fields_too_large", "TOKEN_KIND": "invalid_token", "TOKEN_MODE": "invalid_token"}
        answers |= dict.fromkeys(["AUTHORIZATION_REPEATED", "AUTHORIZATION_MALFORMED", "PROOF_MISSING", "TOKEN_SCHEME"], "invalid_token")
        answers |= dict.fromkeys(["NONCE_MISSING", "NONCE_INVALID"], "use_attestation_challenge" if pop else "use_dpop_nonce")
        answers |= dict.fromkeys(["APP_NOT_ADMITTED", "TIER_NOT_ADMITTED"], "insufficient_attestation")
        of_token = pop or code.startswith("TOKEN_") or code == "PROOF_METHOD_NOT_ADMITTED"
        answer = answers.get(code, "invalid_client_attestation" if of_token else "invalid_dpop_proof")
        if self.kind == "access" and answer in ("invalid_client_attestation", "use_fresh_attestation"): answer = "invalid_token"
        status, metadata = {"insufficient_attestation": 403, "fields_too_large": 431}.get(answer, 401), self.c.get("resource_metadata")
        parameters = ['algs="ES256"'] * self.bound + [f'error="{answer}"'] * (answer != "attestation_required")
        if metadata: parameters.append(f'resource_metadata="{metadata}"')
        challenge = {"WWW-Authenticate": f'{"DPoP" if self.bound else "Bearer"} {", ".join(parameters)}'.strip()}
        return {"status": status, "code": code, "answer": answer, "fields": {**challenge, **(self.nonces() if code.startswith("NONCE") else {})} if status == 401 else {}}

for line in sys.stdin:
    question = json.loads(line)
    answer = {"skipped": question.get("needs")}
    try:
        decide = question.get("needs") not in LACKS and Verifier(question["input"]["configuration"]).decide
        if decide: answer = {"output": [decide(step["now"], step["request"]) for step in question["input"]["steps"]]}
    except Refused as misuse: answer = {"error": str(misuse)}
    print(json.dumps({"id": question["id"], **answer}))
