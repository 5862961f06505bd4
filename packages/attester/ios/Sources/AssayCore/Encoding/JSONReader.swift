extension JSON {
  /// Reads one JSON text (RFC 8259), or `nil` for anything else, for one nested deeper than 32, and for bytes that are not
  /// UTF-8. Written by hand because the platforms' readers differ in what they call a boolean, a number or a duplicate.
  public static func read(_ bytes: Bytes) -> JSON? {
    guard String(validating: bytes) != nil else { return nil }
    var reader = JSONReader(bytes: bytes)
    guard let value = reader.value(depth: 0) else { return nil }
    reader.skipSpace()
    return reader.isAtEnd ? value : nil
  }
}

extension String {
  /// The text that `bytes` encode, or `nil` unless they are well-formed UTF-8 to the last byte.
  public init?(validating bytes: Bytes) {
    // Decoding replaces malformed bytes with U+FFFD.
    self.init(decoding: bytes, as: UTF8.self)
    guard Array(utf8) == bytes else { return nil }
  }
}

private struct JSONReader {
  let bytes: Bytes
  private var at = 0
  private let deepest = 32

  init(bytes: Bytes) {
    self.bytes = bytes
  }

  var isAtEnd: Bool { at == bytes.count }
  private var next: UInt8? { at < bytes.count ? bytes[at] : nil }

  @inline(never) mutating func skipSpace() {
    at = runEnd(in: bytes, from: at, .marked, and: " \t\n\r")
  }

  mutating func value(depth: Int) -> JSON? {
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return depth < deepest ? object(depth: depth + 1) : nil
    case UInt8(ascii: "["): return depth < deepest ? array(depth: depth + 1) : nil
    case UInt8(ascii: "\""): return string().map(JSON.text)
    case UInt8(ascii: "t"): return take("true") ? .boolean(true) : nil
    case UInt8(ascii: "f"): return take("false") ? .boolean(false) : nil
    case UInt8(ascii: "n"): return take("null") ? .null : nil
    default: return number()
    }
  }

  @inline(never) private mutating func take(_ text: StaticString) -> Bool {
    guard stands(text, in: bytes, at: at) else { return false }
    at += text.utf8CodeUnitCount
    return true
  }

  private mutating func object(depth: Int) -> JSON? {
    at += 1
    var members: [JSON.Member] = []
    skipSpace()
    if take("}") { return .object(members) }
    while true {
      skipSpace()
      guard next == UInt8(ascii: "\""), let name = string() else { return nil }
      skipSpace()
      guard take(":"), let value = value(depth: depth) else { return nil }
      members.append(JSON.Member(name, value))
      skipSpace()
      if take("}") { return .object(members) }
      guard take(",") else { return nil }
    }
  }

  private mutating func array(depth: Int) -> JSON? {
    at += 1
    var elements: [JSON] = []
    skipSpace()
    if take("]") { return .array(elements) }
    while true {
      guard let value = value(depth: depth) else { return nil }
      elements.append(value)
      skipSpace()
      if take("]") { return .array(elements) }
      guard take(",") else { return nil }
    }
  }

  private mutating func digits() -> Bool {
    let start = at
    at = runEnd(in: bytes, from: at, .digit)
    return at > start
  }

  private mutating func number() -> JSON? {
    let start = at
    _ = take("-")
    guard take("0") || digits() else { return nil }
    var isWhole = true
    if take(".") {
      isWhole = false
      guard digits() else { return nil }
    }
    if take("e") || take("E") {
      isWhole = false
      if !take("+") { _ = take("-") }
      guard digits() else { return nil }
    }
    let text = bytes.text(start..<at)
    if isWhole, let value = Int64(text) { return .integer(value) }
    return Double(text).map(JSON.real)
  }

  @inline(never) private mutating func string() -> String? {
    at += 1
    var text = Bytes()
    while let byte = next {
      at += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): guard escape(to: &text) else { return nil }
      case 0..<0x20: return nil
      default: text.append(byte)
      }
    }
    return nil
  }

  private mutating func escape(to text: inout Bytes) -> Bool {
    guard let byte = next else { return false }
    at += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0c)
    case UInt8(ascii: "n"): text.append(0x0a)
    case UInt8(ascii: "r"): text.append(0x0d)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"):
      guard let scalar = escapedScalar() else { return false }
      text += String(Character(scalar)).utf8
    default: return false
    }
    return true
  }

  /// A lone surrogate has no UTF-8 form: no service of ours sends one.
  private mutating func escapedScalar() -> Unicode.Scalar? {
    guard let first = fourHexDigits() else { return nil }
    guard (0xd800..<0xdc00).contains(first) else { return Unicode.Scalar(first) }
    guard take("\\u"), let second = fourHexDigits(), (0xdc00..<0xe000).contains(second) else { return nil }
    return Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00))
  }

  private mutating func fourHexDigits() -> UInt32? {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = next.flatMap(hexDigit) else { return nil }
      value = value << 4 | digit
      at += 1
    }
    return value
  }

  private func hexDigit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case 0x30...0x39: UInt32(byte) - 0x30
    case 0x41...0x46: UInt32(byte) - 0x37
    case 0x61...0x66: UInt32(byte) - 0x57
    default: nil
    }
  }
}
