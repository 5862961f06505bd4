/// Whole-code digest of an image under one seed. Neither value is ever sent or logged.
public final class ImageDigest: Sendable {
  /// A covered segment with its D.
  public struct Part: Sendable {
    /// In the image that was digested.
    let index: Int
    /// Name of the segment.
    public let name: String
    /// Bytes of the segment.
    public let length: Int
    /// D: 32 bytes.
    public let digest: Bytes
  }

  /// E: 32 bytes over all covered segments.
  public let image: Bytes
  /// In name order.
  public let parts: [Part]

  /// The prefix of D, before the segment's bytes.
  static func head(of segment: Segment, seed: Bytes) -> Bytes {
    Label.segment.bytes + seed + lengthPrefixed(segment.name) + bigEndian(UInt64(segment.length))
  }

  /// Bytes read at a time.
  private static let piece = 1 << 20

  /// Reads every covered byte. The seed comes before the data, so that no digest or mid-state stored earlier answers.
  ///
  /// - Parameter seed: 32 bytes, the seed of the plan received
  /// - Throws: ``MeasurementError`` with `IMAGE_EMPTY`, `IMAGE_SEGMENTS`; whatever the reader throws
  public init(of image: any CodeImage, coverage: Coverage, seed: Bytes, crypto: any Cryptography) throws {
    let segments = image.segments
    var parts: [Part] = []
    for index in try image.coveredSegments(coverage) {
      let segment = segments[index]
      let head = Self.head(of: segment, seed: seed)
      let digest = try crypto.sha256 { update in
        head.withUnsafeBytes(update)
        for offset in stride(from: 0, to: segment.length, by: Self.piece) {
          let length = min(Self.piece, segment.length - offset)
          var delivered = 0
          try image.withBytes(of: index, at: offset, length: length) {
            delivered += $0.count
            update($0)
          }
          guard delivered == length else { throw ImageReaderFault() }
        }
      }
      parts.append(Part(index: index, name: segment.name, length: segment.length, digest: digest))
    }
    var head = Label.image.bytes + seed + bigEndian(UInt32(parts.count))
    for part in parts { head += part.digest }
    self.parts = parts
    self.image = crypto.sha256(head)
  }
}
