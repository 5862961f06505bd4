@testable import AssayCore
import AssayFakes

func answerEncodings(_ input: Input) throws -> JSON {
  switch input.text("op") {
  case "base64url.encode": return .text(Base64url.encode(input.hex("hex")))
  case "base64url.decode": return .text(hexText(try input.bytes("text")))
  case "lp": return .text(hexText(lengthPrefixed(input.hex("hex"))))
  case "lp.text": return .text(hexText(lengthPrefixed(input.text("text"))))
  case "utf8": return .text(hexText(Array(input.text("text").utf8)))
  case "u32": return .text(hexText(bigEndian(UInt32(input.number("value")))))
  case "u64": return .text(hexText(bigEndian(UInt64(input.number("value")))))
  case "label":
    guard let label = Label(rawValue: input.text("name")) else { throw Refusal(code: "UNKNOWN_LABEL") }
    return .text(hexText(label.bytes))
  case "thumbprint":
    let key = try publicKey(input.value("jwk"))
    return .text(Base64url.encode(LabCryptography().sha256(key.thumbprintInput)))
  default: throw Refusal(code: "UNKNOWN_OP")
  }
}

func publicKey(_ jwk: JSON) throws -> PublicKey {
  guard let x = jwk.string("x").flatMap(Base64url.decode), let y = jwk.string("y").flatMap(Base64url.decode),
    let key = PublicKey(x: x, y: y)
  else { throw Refusal(code: "MALFORMED") }
  return key
}

func answerJSONText(_ input: Input) throws -> JSON {
  switch input.text("op") {
  case "string": return .text(JSON.text(input.text("text")).written)
  case "answer": return .text(try probeAnswer(input.value("value")).json.written)
  case "answer.units":
    let units = input.list("units").map { element -> UInt16 in
      guard case .integer(let unit) = element else { fatalError("a unit is no number") }
      return UInt16(unit)
    }
    return .text(ProbeAnswer.cut(String(decoding: units, as: UTF16.self)).json.written)
  case "answers":
    let pairs = try namedAnswers(input.list("answers"))
    return .text(JSON.array(pairs.map { .array([.text($0.name), $0.answer.json]) }).written)
  default: throw Refusal(code: "UNKNOWN_OP")
  }
}

func probeAnswer(_ value: JSON) throws -> ProbeAnswer {
  switch value {
  case .boolean(let value): return .boolean(value)
  case .integer(let value):
    guard ProbeAnswer.integer(value).held == .integer(value) else { throw Refusal(code: "!invalid") }
    return .integer(value)
  case .text(let text): return ProbeAnswer.text(text).held
  case .null, .real, .array, .object: throw Refusal(code: "!invalid")
  }
}

/// Pairs of name and answer.
func namedAnswers(_ pairs: [JSON]) throws -> [(name: String, answer: ProbeAnswer)] {
  try pairs.map { pair in
    guard case .array(let parts) = pair, parts.count == 2, case .text(let name) = parts[0] else {
      fatalError("an answer is no pair")
    }
    return (name, try probeAnswer(parts[1]))
  }
}

func answers(_ pairs: [JSON]) throws -> [AnsweredProbe] {
  try namedAnswers(pairs).map { AnsweredProbe(name: $0.name, answer: $0.answer) }
}

func answerAppAttest(_ input: Input) throws -> JSON {
  guard try input.bytes("binding").count == 32 else { throw Refusal(code: "MALFORMED") }
  return .text(Base64url.encode(LabCryptography().sha256(Array(input.text("binding").utf8))))
}

func answerAndroidKey(_ input: Input) throws -> JSON {
  let challenge = try input.bytes("challenge")
  guard challenge.count == 48 else { throw Refusal(code: "MALFORMED") }
  return .text(Base64url.encode(LabCryptography().sha256(Label.androidKey.bytes + challenge)))
}
