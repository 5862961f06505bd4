/// A sequence of bytes, as in the protocol.
public typealias Bytes = [UInt8]

/// Four bytes, big-endian.
@inline(never) func bigEndian(_ value: UInt32) -> Bytes {
  [UInt8(truncatingIfNeeded: value >> 24), UInt8(truncatingIfNeeded: value >> 16),
   UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)]
}

/// Eight bytes, big-endian.
func bigEndian(_ value: UInt64) -> Bytes {
  bigEndian(UInt32(truncatingIfNeeded: value >> 32)) + bigEndian(UInt32(truncatingIfNeeded: value))
}

/// The number in `length` bytes from `offset`, big-endian. `length` is at most 7.
@inline(never) func number(in bytes: Bytes, at offset: Int, length: Int) -> Int {
  var number = 0
  for byte in bytes[offset..<offset + length] { number = number << 8 | Int(byte) }
  return number
}

/// LP(x): the length as uint32, then the bytes.
@inline(never) func lengthPrefixed(_ bytes: Bytes) -> Bytes {
  bigEndian(UInt32(bytes.count)) + bytes
}

/// LP of the text's UTF-8.
func lengthPrefixed(_ text: String) -> Bytes {
  lengthPrefixed(Array(text.utf8))
}

/// The kinds of input to hash, MAC and signature, none of which can be treated as another.
enum Label: String {
  case binding, androidKey = "android-key", clientData = "client-data", segment = "seg", image, response = "resp", tag, shape

  /// The domain separator of the protocol's first version: ASCII, then one zero byte.
  var bytes: Bytes { Array("assay/\(rawValue)/1\0".utf8) }
}

/// Whether `bytes` contains `text` at `offset`.
@inline(never) func stands(_ text: StaticString, in bytes: Bytes, at offset: Int) -> Bool {
  let count = text.utf8CodeUnitCount
  guard offset + count <= bytes.count else { return false }
  for index in 0..<count where bytes[offset + index] != text.utf8Start[index] { return false }
  return true
}

/// The numbers, ordered by `precedes`.
@inline(never) func ordered(_ numbers: [Int], _ precedes: (Int, Int) -> Bool) -> [Int] {
  numbers.sorted(by: precedes)
}
