/// Which files of an app's bundle are executed, as far as their names tell: the rule by which registration and every reader agree
/// on what a code image holds. Executables are not among them: on a device they are other bytes than at registration.
public enum SegmentRule {
  /// Bytes that ``kind(ofScript:)`` wants to see of a file.
  public static let headLength = 8

  /// What an engine or a web view executes: text and bytecode of scripts, WebAssembly, and pages, which hold scripts.
  private static let scripts: Set<String> = [
    "js", "mjs", "cjs", "jsx", "htm", "html", "xhtml", "wasm", "bundle", "jsbundle", "hbc",
  ]

  /// Folders that hold other programs, each with an identity of its own, and what the store rewrites.
  private static let beside: Set<String> = [
    "PlugIns", "Extensions", "Watch", "AppClips", "XPCServices", "_CodeSignature", "SC_Info",
  ]

  /// First bytes of Hermes bytecode, and of its delta form.
  private static let hermes: [Bytes] = [
    [0xc6, 0x1f, 0xbc, 0x03, 0xc1, 0x03, 0x19, 0x1f], [0x39, 0xe0, 0x43, 0xfc, 0x3e, 0xfc, 0xe6, 0xe0],
  ]

  /// Whether a file is a segment of the code image.
  ///
  /// - Parameter path: inside the app's folder, `/` between its parts
  public static func isScript(_ path: String) -> Bool {
    let bytes = Array(path.utf8)
    guard let dot = bytes.lastIndex(of: UInt8(ascii: ".")) else { return false }
    let ending = bytes[(dot + 1)...].map { (0x41...0x5a).contains($0) ? $0 + 0x20 : $0 }
    guard scripts.contains(String(decoding: ending, as: UTF8.self)) else { return false }
    guard let slash = bytes.firstIndex(of: UInt8(ascii: "/")) else { return true }
    return !beside.contains(String(decoding: bytes[..<slash], as: UTF8.self))
  }

  /// Tells Hermes bytecode from script text by the first bytes of a script.
  public static func kind(ofScript head: some Collection<UInt8>) -> SegmentKind {
    hermes.contains { head.prefix(headLength).elementsEqual($0) } ? .hermes : .script
  }
}
