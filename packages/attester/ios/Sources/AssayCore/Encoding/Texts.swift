// Texts as byte sequences, as they are on the wire. These functions are kept out of line, and take neither generic
// parameters nor closures: otherwise the compiler would make a copy of each for every caller, and every app
// would carry all of them.

extension String {
  /// Whether two texts are the same bytes. Swift's `==` treats canonically equivalent texts as equal; the wire does
  /// not.
  @inline(never) func isSame(as other: String) -> Bool {
    Array(utf8) == Array(other.utf8)
  }

  /// Whether this text comes before another in the order of unsigned UTF-8 bytes, which is the wire's.
  @inline(never) func precedes(_ other: String) -> Bool {
    let (one, two) = (Array(utf8), Array(other.utf8))
    for index in 0..<min(one.count, two.count) where one[index] != two[index] { return one[index] < two[index] }
    return one.count < two.count
  }

  /// Whether the text has a length, in bytes, among `lengths`, and consists only of bytes of `kind` and those in
  /// `marks`.
  @inline(never) func consists(of lengths: ClosedRange<Int>, _ kind: ByteKind, and marks: StaticString = "") -> Bool {
    let bytes = Array(utf8)
    return lengths.contains(bytes.count) && runEnd(in: bytes, from: 0, kind, and: marks) == bytes.count
  }

  /// The parts between the occurrences of `mark`, which is ASCII: always one more than there are marks.
  @inline(never) func parts(at mark: UInt8) -> [String] {
    let bytes = Array(utf8)
    var (parts, start): ([String], Int) = ([], 0)
    for at in 0...bytes.count where at == bytes.count || bytes[at] == mark {
      parts.append(bytes.text(start..<at))
      start = at + 1
    }
    return parts
  }
}

extension [String] {
  /// Whether one of the texts is `text`, byte for byte.
  @inline(never) func has(_ text: String) -> Bool {
    for one in self where one.isSame(as: text) { return true }
    return false
  }
}

extension Bytes {
  /// The text of these bytes; malformed bytes become U+FFFD.
  @inline(never) func text(_ range: Range<Int>) -> String {
    String(decoding: self[range], as: UTF8.self)
  }
}

/// What a byte may be.
enum ByteKind {
  /// Only the marks.
  case marked
  /// Any byte but the marks.
  case unmarked
  case digit
  case lowerOrDigit
  case letterOrDigit
  /// A letter, digit or `_`.
  case word
  /// U+0021 to U+007E.
  case visible

  /// Whether `byte` is of this kind. All kinds are ASCII.
  @inline(never) func has(_ byte: UInt8) -> Bool {
    let isDigit = (0x30...0x39).contains(byte)
    let isLower = (0x61...0x7a).contains(byte)
    let isLetter = isLower || (0x41...0x5a).contains(byte)
    return switch self {
    case .marked, .unmarked: false
    case .digit: isDigit
    case .lowerOrDigit: isLower || isDigit
    case .letterOrDigit: isLetter || isDigit
    case .word: isLetter || isDigit || byte == 0x5f
    case .visible: (0x21...0x7e).contains(byte)
    }
  }
}

/// The end of the run of bytes of `kind` and those in `marks` that begins at `start`.
@inline(never) func runEnd(in bytes: Bytes, from start: Int, _ kind: ByteKind, and marks: StaticString = "") -> Int {
  var end = start
  while end < bytes.count {
    var isMark = false
    for index in 0..<marks.utf8CodeUnitCount where marks.utf8Start[index] == bytes[end] { isMark = true }
    guard kind == .unmarked ? !isMark : isMark || kind.has(bytes[end]) else { break }
    end += 1
  }
  return end
}
