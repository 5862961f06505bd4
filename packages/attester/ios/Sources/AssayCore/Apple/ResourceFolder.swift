/// A file of an app that is neither script nor program.
public struct ResourceFile: Sendable {
  let path: String
  let length: Int
  let withContent: @Sendable ((UnsafeRawBufferPointer) -> Void) throws -> Void

  /// - Parameters:
  ///   - path: inside the app's folder
  ///   - length: bytes
  ///   - withContent: hands over all bytes of the file, in one piece
  public init(path: String, length: Int, withContent: @escaping @Sendable ((UnsafeRawBufferPointer) -> Void) throws -> Void) {
    self.path = path
    self.length = length
    self.withContent = withContent
  }
}

/// The resources of one top-level folder of an app: one segment, because an app may have more of them than an image has
/// segments. Its bytes are LP(path) ‖ u64 length ‖ content of each file, in the order of the UTF-8 bytes of their paths.
public struct ResourceFolder: Sendable {
  /// Bytes of the segment.
  public let length: Int
  private let files: [ResourceFile]
  /// Where each file begins.
  private let starts: [Int]

  /// The segment that a resource is part of: the name of its top-level folder with `/` after it. `nil` for a file at the
  /// top, which is a segment of its own.
  public static func name(of path: String) -> String? {
    let parts = path.parts(at: UInt8(ascii: "/"))
    return parts.count > 1 ? parts[0] + "/" : nil
  }

  /// - Parameter found: all resources of the folder, in any order
  public init(_ found: [ResourceFile]) {
    files = ordered(Array(found.indices)) { found[$0].path.precedes(found[$1].path) }.map { found[$0] }
    var (starts, end): ([Int], Int) = ([], 0)
    for file in files {
      starts.append(end)
      end += Self.head(of: file).count + file.length
    }
    self.starts = starts
    length = end
  }

  private static func head(of file: ResourceFile) -> Bytes {
    lengthPrefixed(file.path) + bigEndian(UInt64(file.length))
  }

  /// Hands `length` bytes from `offset` to `body`, in pieces. Callers stay inside the segment.
  ///
  /// - Throws: what a file throws; a fault if a file has another length than before
  public func withBytes(at offset: Int, length: Int, _ body: (UnsafeRawBufferPointer) -> Void) throws {
    var (at, left) = (offset, length)
    var index = place(of: offset)
    while left > 0 {
      let head = Self.head(of: files[index])
      let within = at - starts[index]
      if within < head.count {
        let count = min(left, head.count - within)
        head.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[within..<within + count])) }
        (at, left) = (at + count, left - count)
      }
      let from = at - starts[index] - head.count
      let count = min(left, files[index].length - from)
      if count > 0 {
        var isWhole = false
        try files[index].withContent {
          isWhole = $0.count == files[index].length
          if isWhole { body(UnsafeRawBufferPointer(rebasing: $0[from..<from + count])) }
        }
        guard isWhole else { throw ImageReaderFault() }
        (at, left) = (at + count, left - count)
      }
      index += 1
    }
  }

  /// The last file that begins at `offset` or before.
  private func place(of offset: Int) -> Int {
    var (low, high) = (0, starts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= offset { low = middle } else { high = middle }
    }
    return low
  }
}
