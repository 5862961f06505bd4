/// Which files of an app's folder are part of its code image, and as what: the rule by which registration and every reader agree.
public enum SegmentRule {
  /// Bytes of a file that ``kind(of:head:)`` needs to see.
  public static let headLength = 8

  /// What an engine or a web view executes: text and bytecode of scripts, WebAssembly, and pages, which hold scripts.
  private static let scripts: [String] = [
    "js", "mjs", "cjs", "jsx", "htm", "html", "xhtml", "wasm", "bundle", "jsbundle", "hbc",
  ]

  /// Pictures, sounds and fonts: large, and without influence on what an app does.
  private static let media: [String] = [
    "png", "jpg", "jpeg", "gif", "webp", "heic", "heif", "pdf", "mp3", "mp4", "m4a", "m4v", "mov", "wav", "caf", "aif", "aiff",
    "aac", "ttf", "otf", "ttc",
  ]

  /// Folders that hold other programs, each with its own identity.
  private static let beside: [String] = ["PlugIns", "Extensions", "Watch", "AppClips", "XPCServices", "OnDemandResources"]

  /// What the store rewrites, splits or signs again, in the app's folder and in those of its frameworks.
  private static let rewrittenFolders: [String] = ["_CodeSignature", "SC_Info"]
  private static let rewrittenFiles: [String] = ["Info.plist", "PkgInfo", "Assets.car", "embedded.mobileprovision"]

  /// First bytes of Hermes bytecode, and of its delta form.
  private static let hermes: [Bytes] = [
    [0xc6, 0x1f, 0xbc, 0x03, 0xc1, 0x03, 0x19, 0x1f], [0x39, 0xe0, 0x43, 0xfc, 0x3e, 0xfc, 0xe6, 0xe0],
  ]

  /// The kind of a file according to its name; `nil` if it is not a segment.
  ///
  /// - Parameter path: inside the app's folder, `/` between its parts
  public static func kindByName(_ path: String) -> SegmentKind? {
    var folders = path.parts(at: UInt8(ascii: "/"))
    let file = folders.removeLast()
    if let first = folders.first, beside.has(first) { return nil }
    for folder in folders where rewrittenFolders.has(folder) { return nil }
    if rewrittenFiles.has(file) { return nil }
    let ending = ending(of: file)
    if scripts.has(ending) { return .script }
    return media.has(ending) ? nil : .resource
  }

  /// As ``kindByName(_:)``, with the first bytes of the file: bytecode is distinguished from text, and no executable is
  /// a segment, because on a device its file differs from that at registration.
  public static func kind(of path: String, head: Bytes) -> SegmentKind? {
    guard let kind = kindByName(path), !isProgram(head) else { return nil }
    guard kind == .script else { return kind }
    let start = Array(head.prefix(headLength))
    return start == hermes[0] || start == hermes[1] ? .hermes : .script
  }

  /// Whether a file begins as Mach-O files do, thin and universal, in either byte order.
  private static func isProgram(_ head: Bytes) -> Bool {
    guard head.count >= 4 else { return false }
    return switch UInt32(number(in: head, at: 0, length: 4)) {
    case 0xfeed_face, 0xfeed_facf, 0xcefa_edfe, 0xcffa_edfe, 0xcafe_babe, 0xcafe_babf: true
    default: false
    }
  }

  /// What follows the last dot, in lower case as far as it is ASCII.
  private static func ending(of file: String) -> String {
    let parts = file.parts(at: UInt8(ascii: "."))
    guard parts.count > 1, let last = parts.last else { return "" }
    var ending = Array(last.utf8)
    for index in ending.indices where (0x41...0x5a).contains(ending[index]) { ending[index] += 0x20 }
    return String(decoding: ending, as: UTF8.self)
  }
}
