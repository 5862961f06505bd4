import AssayCore
import Foundation

/// The files of a folder that are segments of the code image. Scripts, and resources at the top, are mapped into memory;
/// the resources of a folder, of which there can be many thousands, are opened when they are read.
struct BundleImage: CodeImage {
  let segments: [Segment]
  private let contents: [Content]
  /// The name that React Native's iOS build uses.
  private static let reactNativeScript = "main.jsbundle"

  private enum Content {
    case file(Data)
    case folder(ResourceFolder)
  }

  /// - Parameter script: measured in place of React Native's script in the folder, or in addition if there is none
  /// - Throws: an error of the file system
  init(of folder: URL, script: URL? = nil) throws {
    var found: [(Segment, Content)] = []
    var folders: [String: [ResourceFile]] = [:]
    let base = folder.standardizedFileURL.resolvingSymlinksInPath().path + "/"
    for path in try FileManager.default.subpathsOfDirectory(atPath: base) where SegmentRule.kindByName(path) != nil {
      if script != nil, path == Self.reactNativeScript { continue }
      let file = URL(fileURLWithPath: base + path)
      guard try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true else { continue }
      let content = try Data(contentsOf: file, options: .alwaysMapped)
      guard let kind = SegmentRule.kind(of: path, head: Bytes(content.prefix(SegmentRule.headLength))) else { continue }
      if kind == .resource, let name = ResourceFolder.name(of: path) {
        folders[name, default: []].append(
          ResourceFile(path: path, length: content.count) { body in
            try Data(contentsOf: file, options: .alwaysMapped).withUnsafeBytes(body)
          })
      } else {
        found.append((Segment(name: path, kind: kind, length: content.count), .file(content)))
      }
    }
    for (name, files) in folders {
      let resources = ResourceFolder(files)
      found.append((Segment(name: name, kind: .resource, length: resources.length), .folder(resources)))
    }
    if let script {
      let content = try Data(contentsOf: script, options: .alwaysMapped)
      guard let kind = SegmentRule.kind(of: Self.reactNativeScript, head: Bytes(content.prefix(SegmentRule.headLength))) else {
        throw CocoaError(.fileReadUnknown)
      }
      found.append((Segment(name: Self.reactNativeScript, kind: kind, length: content.count), .file(content)))
    }
    segments = found.map(\.0)
    contents = found.map(\.1)
  }

  func withBytes(of index: Int, at offset: Int, length: Int, _ body: (UnsafeRawBufferPointer) -> Void) throws {
    switch contents[index] {
    case .file(let content):
      content.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[offset..<offset + length])) }
    case .folder(let folder):
      try folder.withBytes(at: offset, length: length, body)
    }
  }
}

/// The app's own code.
@_spi(Lab) public struct AppImages: ImageOpener {
  private let bundle: MainBundle
  private let script: URL?
  private var folder: URL { URL(fileURLWithPath: bundle.appPath) }

  /// - Parameter script: what was loaded in the place of React Native's script in the folder
  public init(of bundle: MainBundle, script: URL? = nil) {
    self.bundle = bundle
    self.script = script
  }

  public func main() throws -> any CodeImage {
    try BundleImage(of: folder, script: script)
  }

  public func text() -> (any CodeImage)? {
    // An extension runs some of the app's frameworks, but not its executable: what it could read is another image.
    bundle.isExtension ? nil : TextSections(LoadedPrograms.all, in: folder.resolvingSymlinksInPath().path)
  }
}
