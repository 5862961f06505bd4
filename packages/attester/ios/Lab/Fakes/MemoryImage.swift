import AssayCore

/// A code image of bytes in memory.
public struct MemoryImage: CodeImage {
  public let segments: [Segment]
  private let contents: [Bytes]

  public init(_ segments: [(name: String, kind: SegmentKind, bytes: Bytes)]) {
    self.segments = segments.map { Segment(name: $0.name, kind: $0.kind, length: $0.bytes.count) }
    contents = segments.map(\.bytes)
  }

  public func withBytes(of index: Int, at offset: Int, length: Int, _ body: (UnsafeRawBufferPointer) -> Void) throws {
    contents[index].withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[offset..<offset + length])) }
  }
}

/// Opens one image, and no second one unless it is given.
public struct MemoryImages: ImageOpener {
  private let image: any CodeImage
  private let second: (any CodeImage)?

  public init(_ image: any CodeImage, text second: (any CodeImage)? = nil) {
    self.image = image
    self.second = second
  }

  public func main() throws -> any CodeImage { image }
  public func text() -> (any CodeImage)? { second }
}
