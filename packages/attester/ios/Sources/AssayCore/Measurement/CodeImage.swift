/// What a segment of a code image is.
public enum SegmentKind: String, Sendable {
  /// As registration names them; builds for iOS have `script`, `hermes` and `resource`, and `text` in memory.
  case dex, native, script, hermes, resource, text

  /// Whether an engine executes it.
  var isScript: Bool {
    switch self {
    case .script, .hermes: true
    case .dex, .native, .resource, .text: false
    }
  }
}

/// One named run of bytes of a code image. Names are unique within an image.
public struct Segment: Sendable, Equatable {
  /// Path inside the app’s folder; for text sections path, segment and section with dots between them.
  public let name: String
  /// What it is.
  public let kind: SegmentKind
  /// Bytes.
  public let length: Int

  /// - Parameter length: bytes
  public init(name: String, kind: SegmentKind, length: Int) {
    self.name = name
    self.kind = kind
    self.length = length
  }
}

/// Reads the bytes that a build executes: the app's own code and nothing else.
public protocol CodeImage: Sendable {
  /// All segments, in any order. They do not change while the image is in use.
  var segments: [Segment] { get }

  /// Hands `length` bytes of the segment at `index` from `offset` to `body`. Callers stay inside the segment. A reader that
  /// cannot deliver throws its own error: that is a malfunction, never a mismatch.
  func withBytes(of index: Int, at offset: Int, length: Int, _ body: (UnsafeRawBufferPointer) -> Void) throws
}

/// A reader gave more or fewer bytes than it was asked for.
struct ImageReaderFault: Error {}

extension CodeImage {
  /// The indices of the segments that a coverage includes, in name order.
  ///
  /// - Throws: ``MeasurementError`` with `IMAGE_EMPTY` if it includes none (measuring nothing must not look like
  ///   measuring everything), `IMAGE_SEGMENTS` for more than 4096 of them or two with one name
  func coveredSegments(_ coverage: Coverage) throws -> [Int] {
    let all = segments
    var covered: [Int] = []
    for index in all.indices where coverage == .image || all[index].kind.isScript { covered.append(index) }
    return try inNameOrder(covered)
  }

  private func inNameOrder(_ given: [Int]) throws -> [Int] {
    let all = segments
    try must(!given.isEmpty, .imageEmpty)
    let covered = ordered(given) { all[$0].name.precedes(all[$1].name) }
    try must(covered.count <= PlanLimits.segments, .imageSegments)
    for at in covered.indices.dropFirst() {
      try must(!all[covered[at]].name.isSame(as: all[covered[at - 1]].name), .imageSegments)
    }
    return covered
  }

  /// Shape of the image: 8 bytes of SHA-256 over names and lengths of its segments, in name order, as 11 base64url characters. It says
  /// which of the images that are registered a store may have made of the build, and proves nothing. Resources count only where there
  /// is nothing else. `nil` for an image that no plan could cover.
  func shape(_ crypto: any Cryptography) -> String? {
    let all = segments
    var (code, resources): ([Int], [Int]) = ([], [])
    for index in all.indices {
      switch all[index].kind {
      case .text: continue
      case .resource: resources.append(index)
      case .dex, .native, .script, .hermes: code.append(index)
      }
    }
    guard let shaped = try? inNameOrder(code.isEmpty ? resources : code) else { return nil }
    var input = Label.shape.bytes
    for index in shaped { input += lengthPrefixed(all[index].name) + bigEndian(UInt64(all[index].length)) }
    return Base64url.encode(Array(crypto.sha256(input).prefix(8)))
  }

  /// Appends exactly `length` bytes to `out`.
  func append(_ length: Int, of index: Int, at offset: Int, to out: inout Bytes) throws {
    let before = out.count
    try withBytes(of: index, at: offset, length: length) { out += $0 }
    guard out.count == before + length else { throw ImageReaderFault() }
  }
}
