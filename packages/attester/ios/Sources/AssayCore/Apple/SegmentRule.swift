/// Which files of an app's folder are part of its code image, and as what: the rule by which registration and every reader agree.
public enum SegmentRule {
  /// Bytes of a file that ``kind(of:head:)`` wants to see.
  public static let headLength = 8

  /// What an engine or a web view executes: text and bytecode of scripts, WebAssembly, and pages, which hold scripts.
  private static let scripts: Set<String> = [
    "js", "mjs", "cjs", "jsx", "htm", "html", "xhtml", "wasm", "bundle", "jsbundle", "hbc",
  ]

  /// Pictures, sounds and fonts: large, and nothing that an app takes orders from.
  private static let media: Set<String> = [
    "png", "jpg", "jpeg", "gif", "webp", "heic", "heif", "pdf", "mp3", "mp4", "m4a", "m4v", "mov", "wav", "caf", "aif", "aiff",
    "aac", "ttf", "otf", "ttc",
  ]

  /// Folders that hold other programs, each with an identity of its own.
  private static let beside: Set<String> = ["PlugIns", "Extensions", "Watch", "AppClips", "XPCServices", "OnDemandResources"]

  /// What the store rewrites, takes apart or signs again, in the app's folder and in those of its frameworks.
  private static let rewrittenFolders: Set<String> = ["_CodeSignature", "SC_Info"]
  private static let rewrittenFiles: Set<String> = ["Info.plist", "PkgInfo", "Assets.car", "embedded.mobileprovision"]

  /// First bytes of Hermes bytecode, and of its delta form.
  private static let hermes: [Bytes] = [
    [0xc6, 0x1f, 0xbc, 0x03, 0xc1, 0x03, 0x19, 0x1f], [0x39, 0xe0, 0x43, 0xfc, 0x3e, 0xfc, 0xe6, 0xe0],
  ]

  /// First four bytes of Mach-O files, thin and universal, in either byte order.
  private static let programs: Set<UInt32> = [0xfeed_face, 0xfeed_facf, 0xcefa_edfe, 0xcffa_edfe, 0xcafe_babe, 0xcafe_babf]

  /// What a file is as far as its name tells; `nil` for what is not a segment.
  ///
  /// - Parameter path: inside the app's folder, `/` between its parts
  public static func kindByName(_ path: String) -> SegmentKind? {
    let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
    guard let file = parts.last else { return nil }
    let folders = parts.dropLast()
    if let first = folders.first, beside.contains(first) { return nil }
    if folders.contains(where: rewrittenFolders.contains) || rewrittenFiles.contains(file) { return nil }
    let ending = ending(of: file)
    if scripts.contains(ending) { return .script }
    return media.contains(ending) ? nil : .resource
  }

  /// As ``kindByName(_:)``, with the first bytes of the file: bytecode is told from text, and no executable is a segment, because on
  /// a device its file is other bytes than at registration.
  public static func kind(of path: String, head: some Collection<UInt8>) -> SegmentKind? {
    guard let kind = kindByName(path), !isProgram(head) else { return nil }
    guard kind == .script else { return kind }
    return hermes.contains { head.prefix(headLength).elementsEqual($0) } ? .hermes : .script
  }

  private static func isProgram(_ head: some Collection<UInt8>) -> Bool {
    let first = head.prefix(4)
    return first.count == 4 && programs.contains(first.reduce(0) { $0 << 8 | UInt32($1) })
  }

  /// What follows the last dot, in lower case as far as it is ASCII.
  private static func ending(of file: String) -> String {
    let bytes = Array(file.utf8)
    guard let dot = bytes.lastIndex(of: UInt8(ascii: ".")) else { return "" }
    return String(decoding: bytes[(dot + 1)...].map { (0x41...0x5a).contains($0) ? $0 + 0x20 : $0 }, as: UTF8.self)
  }
}
