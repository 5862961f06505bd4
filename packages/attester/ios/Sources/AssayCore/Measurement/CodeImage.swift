/// What a segment of a code image is.
public enum SegmentKind: String, Sendable {
  case dex, native, script, hermes, resource, text
}

/// One named run of bytes of a code image. Names are unique within an image.
public struct Segment: Sendable, Equatable {
  public let name: String
  public let kind: SegmentKind
  /// Bytes.
  public let length: Int

  public init(name: String, kind: SegmentKind, length: Int) {
    self.name = name
    self.kind = kind
    self.length = length
  }
}

/// Reads the bytes that a build executes: the app's own code and nothing else.
public protocol CodeImage: Sendable {
  var segments: [Segment] { get }

  /// Hands `length` bytes of the segment at `index` from `offset` to `body`. Callers stay inside the segment. A reader that
  /// cannot deliver throws its own error: that is a malfunction, never a mismatch.
  func withBytes(of index: Int, at offset: Int, length: Int, _ body: (UnsafeRawBufferPointer) -> Void) throws
}

/// A reader gave more or fewer bytes than it was asked for.
struct ImageReaderFault: Error {}

extension CodeImage {
  /// The indices of the segments that a coverage takes in, in name order.
  ///
  /// - Throws: ``MeasurementError`` with `IMAGE_EMPTY` when it takes in none (measuring nothing must not look like measuring
  ///   everything), `IMAGE_SEGMENTS` for more than 4096 of them or two of one name
  func coveredSegments(_ coverage: Coverage) throws -> [Int] {
    let all = segments
    let covered = all.indices.filter { index in
      switch (coverage, all[index].kind) {
      case (.image, _), (.scripts, .script), (.scripts, .hermes): true
      case (.scripts, .dex), (.scripts, .native), (.scripts, .resource), (.scripts, .text): false
      }
    }
    try must(!covered.isEmpty, .imageEmpty)
    let ordered = covered.sorted { all[$0].name.precedes(all[$1].name) }
    let isUnique = zip(ordered, ordered.dropFirst()).allSatisfy { !all[$0].name.isSame(as: all[$1].name) }
    try must(ordered.count <= PlanLimits.segments && isUnique, .imageSegments)
    return ordered
  }

  /// Appends exactly `length` bytes to `out`.
  func append(_ length: Int, of index: Int, at offset: Int, to out: inout Bytes) throws {
    let before = out.count
    try withBytes(of: index, at: offset, length: length) { out += $0 }
    guard out.count == before + length else { throw ImageReaderFault() }
  }
}
