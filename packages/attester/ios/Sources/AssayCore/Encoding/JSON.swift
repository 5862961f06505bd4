/// A JSON value whose members keep their order, because client data and plans are signed as bytes.
public enum JSON: Sendable {
  /// `null`.
  case null
  /// `true` or `false`.
  case boolean(Bool)
  /// A whole number; this SDK writes no others.
  case integer(Int64)
  /// A number that is not a whole one, or that is too large for `integer`. This SDK writes none: no two platforms print them alike.
  case real(Double)
  /// A string.
  case text(String)
  /// An array.
  case array([JSON])
  /// An object. Two members may have one name.
  case object([Member])

  /// One member of an object.
  public struct Member: Sendable {
    /// The name.
    public let name: String
    /// The value.
    public let value: JSON

    /// A member.
    public init(_ name: String, _ value: JSON) {
      self.name = name
      self.value = value
    }
  }

  /// The value of the last member with this name, which is the one that every reader takes.
  subscript(name: String) -> JSON? {
    @inline(never) get {
      guard case .object(let members) = self else { return nil }
      for member in members.reversed() where member.name.isSame(as: name) { return member.value }
      return nil
    }
  }

  var text: String? {
    if case .text(let text) = self { text } else { nil }
  }

  var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .real(let value): value
    case .null, .boolean, .text, .array, .object: nil
    }
  }

  var elements: [JSON]? {
    if case .array(let elements) = self { elements } else { nil }
  }
}

extension JSON {
  /// The text that `JSON.stringify` of ECMAScript gives: no spaces, `/` and U+2028 as they are, other controls than the
  /// five with a short form as `\u00xx` in lower case.
  public var written: String {
    String(decoding: bytes, as: UTF8.self)
  }

  /// UTF-8 of ``written``.
  public var bytes: Bytes {
    var out = Bytes()
    write(to: &out)
    return out
  }

  private func write(to out: inout Bytes) {
    switch self {
    case .null: out += "null".utf8
    case .boolean(let value): out += (value ? "true" : "false").utf8
    case .integer(let value): out += String(value).utf8
    case .real(let value): out += String(value).utf8
    case .text(let text): JSON.quote(text, to: &out)
    case .array(let elements):
      out.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        element.write(to: &out)
      }
      out.append(UInt8(ascii: "]"))
    case .object(let members):
      out.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        JSON.quote(member.name, to: &out)
        out.append(UInt8(ascii: ":"))
        member.value.write(to: &out)
      }
      out.append(UInt8(ascii: "}"))
    }
  }

  @inline(never) private static func quote(_ text: String, to out: inout Bytes) {
    out.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): escape(byte, to: &out)
      case 0x08: escape(UInt8(ascii: "b"), to: &out)
      case 0x09: escape(UInt8(ascii: "t"), to: &out)
      case 0x0a: escape(UInt8(ascii: "n"), to: &out)
      case 0x0c: escape(UInt8(ascii: "f"), to: &out)
      case 0x0d: escape(UInt8(ascii: "r"), to: &out)
      case 0..<0x20:
        escape(UInt8(ascii: "u"), to: &out)
        for digit in [0, 0, byte >> 4, byte & 15] { out.append(digit < 10 ? 0x30 + digit : 0x57 + digit) }
      default: out.append(byte)
      }
    }
    out.append(UInt8(ascii: "\""))
  }

  @inline(never) private static func escape(_ byte: UInt8, to out: inout Bytes) {
    out.append(UInt8(ascii: "\\"))
    out.append(byte)
  }
}
