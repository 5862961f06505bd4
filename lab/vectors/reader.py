"""A reader of plans, folds and client data in Python: what docs/protocol.md and the vectors are enough to write.
A runner (packages/shared/vectors/README.md) over the standard library, and no SDK: it talks to no service."""
import base64, hashlib, hmac, json, re, sys

class Refusal(Exception): """Its argument is the code."""

def must(holds, code):
    if not holds: raise Refusal(code)

# Encodings

def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

def unb64(text, code="MALFORMED"):
    must(re.fullmatch(r"[A-Za-z0-9_-]*", text, re.A) and len(text) % 4 != 1, code)
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    must(b64(data) == text, code)  # unused bits
    return data

def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()

def mac(key, *parts):
    return hmac.new(key, b"".join(parts), "sha256").digest()

def label(name):
    return f"assay/{name}/1\0".encode()

def uint(value, size):
    return value.to_bytes(size, "big")

def lp(data):
    data = data.encode() if isinstance(data, str) else data
    return uint(len(data), 4) + data

def to_json(value):  # as JSON.stringify writes it: no spaces, nothing escaped but quotes, backslashes and controls
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

# Plans

WORD = r'"[A-Za-z0-9_.+-]{1,255}"'
WORDS = rf"\[(?:{WORD}(?:,{WORD})*)?\]"
POSITIVE, NUMBER, REFERENCE = r"[1-9][0-9]*", r"(?:0|[1-9][0-9]*)", r"[^\0-\x1f\x7f-\x9f]+"
PLACE = rf'","segment":{NUMBER},"length":{POSITIVE}'
PIECES = rf'{PLACE},"count":{POSITIVE}'
READ = rf'\{{"op":"(?:range{PLACE}|walk{PIECES}|stride{PIECES},"step":{POSITIVE})\}}'
READS = rf'"reads":\[{READ}(?:,{READ})*\]'
MODULES = r'(?:"modules":\["base"(?:,"[A-Za-z][A-Za-z0-9_]*")*\],)?'
PLAN = re.compile(
    rf'\{{"v":1,"app":{WORD},"build":{WORD},"epoch":{NUMBER},"seed":"[A-Za-z0-9_-]{{43}}",'
    rf'"coverage":"(?:image|scripts|entry)",(?:"abi":"[a-z0-9_-]{{1,32}}",{MODULES})?{READS},(?:"text":\{{{READS}\}},)?'
    rf'"live":\{{"show":{WORDS},"run":{WORDS}\}},"probes":{WORDS}\}}'
)

def parse_plan(data):
    must(len(data) <= 16384, "PLAN_TOO_LARGE")
    text = data.decode("latin-1")
    must(not re.match(r'\{"v":(?!1(?![0-9A-Za-z_]))[0-9]', text), "PLAN_VERSION")
    must(PLAN.fullmatch(text), "PLAN_MALFORMED")
    plan = json.loads(text)
    unb64(plan["seed"], "PLAN_MALFORMED")
    must(plan["epoch"] < 2**32, "PLAN_BUDGET")
    for image in [plan, plan.get("text", {"reads": []})]:
        folded = 0
        for read in image["reads"]:
            segment, length, count, step = (read.get(member, 1) for member in ("segment", "length", "count", "step"))
            folded += length * count
            must(segment < 4096 and length <= 4096 and count <= 64 and step <= 0x7FFFFFFF, "PLAN_BUDGET")
        must(folded <= 131072 and len(image["reads"]) <= 64, "PLAN_BUDGET")
    for names in [plan["live"]["show"], plan["live"]["run"], plan["probes"], plan.get("modules", [])]:
        must(len(names) <= 64, "PLAN_BUDGET")
        must(len(set(names)) == len(names), "PLAN_MALFORMED")
    return plan

def fit_plan(plan, app, build, abi, segments, probes, functions, exercises):
    must((plan["app"], plan["build"], plan.get("abi")) == (app, build, abi), "PLAN_BUILD")
    covered = cover(segments, plan)
    must(all(read["segment"] < len(covered) for read in plan["reads"]), "PLAN_SEGMENT")
    must({*plan["probes"]} <= {*probes}, "PLAN_PROBE")
    must({*plan["live"]["show"]} <= {*functions} and {*plan["live"]["run"]} <= {*exercises}, "PLAN_FUNCTION")

def text_plan(plan):  # the part that is carried out over the second image
    return {**plan, "coverage": "image", "reads": plan["text"]["reads"], "live": {"show": [], "run": []}, "probes": []}

# The whole-code digest

def cover(segments, plan):
    within = [one for one in segments if "modules" not in plan or one["name"].partition("/")[0] in plan["modules"]]
    covered = [one for one in within if plan["coverage"] == "image" or one["kind"] in ("script", "hermes")]
    must(covered, "IMAGE_EMPTY")
    must(len(covered) <= 4096 and len({one["name"] for one in covered}) == len(covered), "IMAGE_SEGMENTS")
    return sorted(covered, key=lambda one: one["name"].encode())

def content(segment):
    if "bytes" in segment: return unb64(segment["bytes"])
    length = segment["length"]
    return b"".join(sha256(f"{segment['noise']} {i}".encode()) for i in range(length // 32 + 1))[:length]

def digest(plan, segments):
    """E, and each covered segment's name, D and bytes."""
    seed = unb64(plan["seed"])
    covered = ((one["name"], content(one)) for one in cover(segments, plan))
    ds = [(name, sha256(label("seg"), seed, lp(name), uint(len(data), 8), data), data) for name, data in covered]
    return sha256(label("image"), seed, uint(len(ds), 4), *(d for _, d, _ in ds)), ds

# The fold

def start(chain, places):
    return int.from_bytes(chain[2:8], "big") % places

def refusal_1(chain, plan):
    fault = [{}, {"v": 2}, {"reads": []}, {"epoch": 2**32}, {"more": 1}][chain[0] % 5]
    try:
        return parse_plan(to_json({**plan, **fault}).encode())["seed"]
    except Refusal as refusal:
        return str(refusal)

def carry_out(data, plan, challenge, segments, probes, shown):
    must(int.from_bytes(challenge[8:12], "big") == plan["epoch"], "PLAN_EPOCH")
    e, ds = digest(plan, segments)
    chain = k = mac(e, label("resp"), challenge, sha256(data))
    left = [*range(len(plan["reads"]))]
    while left:
        index = left.pop(int.from_bytes(chain[:2], "big") % len(left))
        read = plan["reads"][index]
        d, code = ds[read["segment"]][1:]
        length, op, count = min(read["length"], len(code)), read["op"], read.get("count", 1)
        places = len(code) - length + 1
        for _ in range(count if op == "walk" else 1):
            steps = [j * read.get("step", 0) for j in range(count if op == "stride" else 1)]
            offsets = [(start(chain, places) + step) % places for step in steps]
            pieces = [uint(at, 8) + lp(code[at : at + length]) for at in offsets]
            chain = sha256(chain, uint(index, 4), bytes([{"range": 1, "stride": 2, "walk": 3}[op]]), d, *pieces)
    for index, name in enumerate(plan["live"]["run"]):
        chain = sha256(chain, uint(index, 4), b"\x04", lp(name), lp(refusal_1(chain, plan)))
    show, texts = plan["live"]["show"], {} if shown == "absent" else {name: unb64(text) for name, text in shown}
    functions = b"".join(lp(name) + lp(texts.get(name, b"")) for name in show)
    answers = to_json([[name, dict(probes)[name]] for name in plan["probes"]])
    response, tags, room = mac(k, chain, lp(answers), uint(len(show), 4), functions), [], 24576
    for name, d in [(name, d) for name, d, _ in ds] + [(f"live:{name}", text) for name, text in texts.items()]:
        room -= len(to_json(name).encode()) + 15
        if room < 0: break
        tags.append([name, b64(mac(d, label("tag"), challenge)[:8])])
    return {"image": b64(e), "response": b64(response), "tags": tags}

# The families

def encodings(op, text=None, hex=None, value=None, name=None, jwk=None):
    answer = {
        "base64url.decode": lambda: unb64(text), "base64url.encode": lambda: b64(bytes.fromhex(hex)),
        "thumbprint": lambda: b64(sha256(to_json({m: jwk[m] for m in ("crv", "kty", "x", "y")}).encode())),
        "utf8": lambda: text.encode(), "lp": lambda: lp(bytes.fromhex(hex)), "lp.text": lambda: lp(text),
        "u32": lambda: uint(value, 4), "u64": lambda: uint(value, 8), "label": lambda: label(name),
    }[op]()
    return answer.hex() if isinstance(answer, bytes) else answer

def plans(plan, app, build, segments, probes, exercises, challenge, abi=None):
    parsed = parse_plan(unb64(plan))
    fit_plan(parsed, app, build, abi, segments, probes, [], exercises)
    must(int.from_bytes(unb64(challenge)[8:12], "big") == parsed["epoch"], "PLAN_EPOCH")
    return parsed

def folds(plan=None, challenge=None, segments=None, probes=None, shown=None, op=None, chain=None, places=None):
    if op == "start": return start(bytes.fromhex(chain), places)
    data = unb64(plan)
    one = text_plan(parse_plan(data)) if op == "text" else parse_plan(data)
    fit_plan(one, one["app"], one["build"], one.get("abi"), segments, one["probes"], one["live"]["show"], ["refusal.1"])
    return carry_out(data, one, unb64(challenge), segments, probes, shown)

def client_data(challenge, plan, app, build, sdk, audiences, key, segments, probes, evidence, text=None, abi=None, **more):
    named = {"reference": more["reference"]} if "reference" in more else {}
    must(all(re.fullmatch(REFERENCE, name) and len(name.encode()) <= 128 for name in named.values()), "MISUSE")
    must(challenge and plan, "response_invalid")
    data, nonce = (unb64(text, "response_invalid") for text in (plan, challenge))
    measured = lambda folded: {"response": folded["response"], "tags": dict(folded["tags"])}
    try:
        parsed = parse_plan(data)
        fit_plan(parsed, app, build, abi, segments, [name for name, _ in probes], [], ["refusal.1"])
        first = measured(carry_out(data, parsed, nonce, segments, probes, "absent"))
        fits = "text" in parsed and all(read["segment"] < len(text or []) for read in parsed["text"]["reads"])
        memory = measured(carry_out(data, text_plan(parsed), nonce, text, [], "absent")) if fits else None
    except Refusal as refusal:
        raise Refusal("plan_refused" if str(refusal).startswith("PLAN_") else "measurement_failed")
    about = {"app": app, "build": build, **({"abi": abi} if abi else {}), "sdk": sdk, "audiences": audiences}
    second = {"text": memory} if "text" in parsed else {}
    tail = {"measurement": first, **second, "probes": dict(probes), **named, "evidence": evidence}
    written = to_json({"v": 1, "challenge": challenge, "plan_digest": b64(sha256(data)), **about, "key": {member: key[member] for member in ("kty", "crv", "x", "y")}, **tail}).encode()
    commit = lambda of: b64(sha256(label(of), written))
    return {"client_data": b64(written), "binding": commit("binding"), "signed": commit("client-data")}

FAMILIES = {"encodings": encodings, "plans": plans, "folds": folds, "client-data": client_data}

for line in sys.stdin:
    question = json.loads(line)
    try:
        answer = {"output": FAMILIES[question["family"]](**question["input"])}
    except Refusal as refusal:
        answer = {"error": str(refusal)}
    print(json.dumps({"id": question["id"], **answer}))
