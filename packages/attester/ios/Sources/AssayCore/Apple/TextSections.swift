/// The sections of a program's `__TEXT` as they are in memory: what is executed, after the system has decrypted it. The
/// header and the load commands before them are left out, because re-signing changes them.
public struct TextSections: CodeImage {
  public let segments: [Segment]
  private let starts: [UInt]

  /// A program or library that is loaded.
  public struct Loaded: Sendable {
    let path: String
    /// Address of its header.
    let header: UInt
    /// The offset added to the addresses in its load commands.
    let slide: Int

    /// - Parameter slide: the offset added to the addresses in the load commands
    public init(path: String, header: UInt, slide: Int) {
      self.path = path
      self.header = header
      self.slide = slide
    }
  }

  /// The executable and the frameworks of the app in a folder, each named by its path there. `nil` if there is none, or
  /// if a header is not 64-bit.
  public init?(_ loaded: [Loaded], in folder: String) {
    var found: [(Segment, UInt)] = []
    for image in loaded {
      guard let name = Self.inside(folder, image.path) else { continue }
      guard let sections = Self.sections(of: image, name) else { return nil }
      found += sections
    }
    guard !found.isEmpty else { return nil }
    segments = found.map(\.0)
    starts = found.map(\.1)
  }

  /// Path inside the folder for what is measured: the executable, the binary of a framework, a standalone library.
  private static func inside(_ folder: String, _ path: String) -> String? {
    let (folder, path) = (plain(folder) + "/", plain(path))
    guard path.hasPrefix(folder) else { return nil }
    let name = String(path.dropFirst(folder.count))
    let parts = name.parts(at: UInt8(ascii: "/"))
    if parts.count == 1 { return name }
    guard parts[0].isSame(as: "Frameworks") else { return nil }
    let isFramework = parts.count == 3 && parts[1].isSame(as: parts[2] + ".framework")
    return isFramework || (parts.count == 2 && parts[1].hasSuffix(".dylib")) ? name : nil
  }

  /// The system names the same folder with and without `/private` before it.
  static func plain(_ path: String) -> String {
    path.hasPrefix("/private/") ? String(path.dropFirst("/private".count)) : path
  }

  public func withBytes(of index: Int, at offset: Int, length: Int, _ body: (UnsafeRawBufferPointer) -> Void) throws {
    body(UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: starts[index] + UInt(offset)), count: length))
  }

  private static let magic: UInt32 = 0xfeed_facf
  private static let segmentCommand: UInt32 = 0x19
  private static let (headerLength, commandLength, sectionLength) = (32, 72, 80)

  private static func sections(of image: Loaded, _ imageName: String) -> [(Segment, UInt)]? {
    guard let header = UnsafeRawPointer(bitPattern: image.header), word(header, 0) == magic else { return nil }
    let end = headerLength + Int(word(header, 20))
    var at = headerLength
    var found: [(Segment, UInt)] = []
    for _ in 0..<word(header, 16) {
      guard at + 8 <= end else { return nil }
      let length = Int(word(header, at + 4))
      guard length >= 8, at + length <= end else { return nil }
      if word(header, at) == segmentCommand, length >= commandLength, name(header, at + 8) == "__TEXT" {
        let count = Int(word(header, at + 64))
        guard count <= (length - commandLength) / sectionLength else { return nil }
        for index in 0..<count {
          let section = at + commandLength + index * sectionLength
          // An empty section is not a segment.
          guard long(header, section + 40) > 0 else { continue }
          let start = UInt(bitPattern: Int(bitPattern: UInt(long(header, section + 32))) &+ image.slide)
          let segment = Segment(
            name: "\(imageName).__TEXT.\(name(header, section))", kind: .text, length: Int(long(header, section + 40)))
          found.append((segment, start))
        }
      }
      at += length
    }
    return found
  }

  private static func word(_ header: UnsafeRawPointer, _ offset: Int) -> UInt32 {
    header.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
  }

  private static func long(_ header: UnsafeRawPointer, _ offset: Int) -> UInt64 {
    header.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
  }

  /// At most 16 bytes, up to the first that is zero.
  private static func name(_ header: UnsafeRawPointer, _ offset: Int) -> String {
    let bytes = UnsafeRawBufferPointer(start: header + offset, count: 16)
    return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}
