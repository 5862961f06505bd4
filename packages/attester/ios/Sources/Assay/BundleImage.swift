import AssayCore
import Foundation

/// The files of a folder that are segments of the code image, mapped into memory.
struct BundleImage: CodeImage {
  let segments: [Segment]
  private let contents: [Data]

  /// - Throws: an error of the file system
  init(of folder: URL) throws {
    var found: [(Segment, Data)] = []
    let base = folder.standardizedFileURL.resolvingSymlinksInPath().path + "/"
    for path in try FileManager.default.subpathsOfDirectory(atPath: base) where SegmentRule.kindByName(path) != nil {
      let file = URL(fileURLWithPath: base + path)
      guard try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true else { continue }
      let content = try Data(contentsOf: file, options: .alwaysMapped)
      guard let kind = SegmentRule.kind(of: path, head: content.prefix(SegmentRule.headLength)) else { continue }
      found.append((Segment(name: path, kind: kind, length: content.count), content))
    }
    segments = found.map(\.0)
    contents = found.map(\.1)
  }

  func withBytes(of index: Int, at offset: Int, length: Int, _ body: (UnsafeRawBufferPointer) -> Void) throws {
    contents[index].withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[offset..<offset + length])) }
  }
}

/// The app's own code.
@_spi(Lab) public struct AppImages: ImageOpener {
  private let folder: URL

  public init(folder: URL) {
    self.folder = folder
  }

  public func main() throws -> any CodeImage {
    try BundleImage(of: folder)
  }

  public func text() -> (any CodeImage)? {
    TextSections(LoadedPrograms.all, in: folder.resolvingSymlinksInPath().path)
  }
}
