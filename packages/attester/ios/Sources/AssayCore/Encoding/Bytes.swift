/// A run of bytes, as the protocol has them.
public typealias Bytes = [UInt8]

/// Four bytes, big-endian.
func bigEndian(_ value: UInt32) -> Bytes {
  [UInt8(truncatingIfNeeded: value >> 24), UInt8(truncatingIfNeeded: value >> 16),
   UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)]
}

/// Eight bytes, big-endian.
func bigEndian(_ value: UInt64) -> Bytes {
  bigEndian(UInt32(truncatingIfNeeded: value >> 32)) + bigEndian(UInt32(truncatingIfNeeded: value))
}

/// The number that `length` bytes from `offset` stand for, big-endian. `length` is at most 7.
func number(in bytes: Bytes, at offset: Int, length: Int) -> Int {
  bytes[offset..<offset + length].reduce(0) { $0 << 8 | Int($1) }
}

/// LP(x): the length as uint32, then the bytes.
func lengthPrefixed(_ bytes: Bytes) -> Bytes {
  bigEndian(UInt32(bytes.count)) + bytes
}

/// LP of the text's UTF-8.
func lengthPrefixed(_ text: String) -> Bytes {
  lengthPrefixed(Array(text.utf8))
}

/// The kinds of input to hash, MAC and signature, none of which can be treated as another.
enum Label: String {
  case binding, androidKey = "android-key", clientData = "client-data", segment = "seg", image, response = "resp", tag

  /// The domain separator of the protocol's first version: ASCII, then one zero byte.
  var bytes: Bytes { Array("assay/\(rawValue)/1".utf8) + [0] }
}

extension String {
  /// Whether two texts are the same bytes. Swift's `==` takes canonically equivalent ones for equal, which the wire does not.
  func isSame(as other: String) -> Bool {
    utf8.elementsEqual(other.utf8)
  }

  /// Whether this text comes before another in the order of unsigned UTF-8 bytes, which is the wire's.
  func precedes(_ other: String) -> Bool {
    utf8.lexicographicallyPrecedes(other.utf8)
  }
}
