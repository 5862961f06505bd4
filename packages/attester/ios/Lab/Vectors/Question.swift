import AssayCore

/// One line of `packages/shared/vectors/README.md`'s contract.
struct Question: Sendable {
  let id: String
  let family: String
  let needs: String?
  let input: Input

  init?(_ line: String) {
    guard let value = JSON.read(Array(line.utf8)), let id = value.string("id"), let family = value.string("family"),
      let input = value.member("input")
    else { return nil }
    self.id = id
    self.family = family
    needs = value.string("needs")
    self.input = Input(input)
  }
}

/// What came out of a question.
enum Outcome {
  case output(JSON)
  case skipped(String)

  func line(_ id: String) -> String {
    let answer: JSON.Member
    switch self {
    case .output(let value): answer = .init("output", value)
    case .skipped(let need): answer = .init("skipped", .text(need))
    }
    return JSON.object([.init("id", .text(id)), answer]).written
  }
}

/// The SDK refuses, with this code.
struct Refusal: Error {
  let code: String
  var details: JSON?

  func line(_ id: String) -> String {
    var members: [JSON.Member] = [.init("id", .text(id)), .init("error", .text(code))]
    if let details { members.append(.init("details", details)) }
    return JSON.object(members).written
  }
}

extension JSON {
  func member(_ name: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { Array($0.name.utf8) == Array(name.utf8) }?.value
  }

  func string(_ name: String) -> String? {
    if case .text(let text)? = member(name) { text } else { nil }
  }
}

/// The input of a case. A member that is missing is a mistake of the vectors, and ends the program.
struct Input: Sendable {
  let json: JSON

  init(_ json: JSON) {
    self.json = json
  }

  func has(_ name: String) -> Bool { json.member(name) != nil }

  func value(_ name: String) -> JSON {
    guard let value = json.member(name) else { fatalError("a case has no \(name)") }
    return value
  }

  func text(_ name: String) -> String {
    guard case .text(let text) = value(name) else { fatalError("\(name) is no text") }
    return text
  }

  func number(_ name: String) -> Int {
    switch value(name) {
    case .integer(let number): Int(number)
    default: fatalError("\(name) is no whole number")
    }
  }

  func list(_ name: String) -> [JSON] {
    guard case .array(let list) = value(name) else { fatalError("\(name) is no list") }
    return list
  }

  func texts(_ name: String) -> [String] {
    list(name).map { element in
      guard case .text(let text) = element else { fatalError("\(name) holds no text") }
      return text
    }
  }

  /// Base64url.
  func bytes(_ name: String) throws -> Bytes {
    guard let bytes = Base64url.decode(text(name)) else { throw Refusal(code: "MALFORMED") }
    return bytes
  }

  func hex(_ name: String) -> Bytes {
    let digits = Array(text(name).utf8)
    return stride(from: 0, to: digits.count, by: 2).map { at in
      UInt8(String(decoding: digits[at..<at + 2], as: UTF8.self), radix: 16)!
    }
  }
}

func hexText(_ bytes: Bytes) -> String {
  bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
}
