/// What the probes of this SDK examine. Each function reports what it finds, and judges nothing.
public protocol Surroundings: Sendable {
  /// Whether something has this path, and this process may see it.
  func exists(_ path: String) -> Bool
  /// Whether a file can be made there; it is removed again.
  func canWrite(_ path: String) -> Bool
  /// The value of a variable of the environment.
  func environment(_ name: String) -> String?
  /// Whether a debugger is attached; `nil` if the system does not say.
  var isTraced: Bool? { get }
  /// Paths of everything that is loaded into the process.
  var loadedImages: [String] { get }
  /// Folder of the app.
  var bundlePath: String { get }
  /// The first four instructions, by name, of functions that anyone who hides from probes has to replace.
  var prologues: [(name: String, words: [UInt32])] { get }
  /// Whether this was built for the simulator.
  var isSimulator: Bool { get }
  /// Whether it is an app for iPhones that runs on a Mac.
  var isOnMac: Bool { get }
}

/// The probes of this SDK. Anyone who controls the process can forge their answers: they detect careless tampering and
/// honest automation. An answer that consists of names has a fixed order, is separated by commas, and is empty if
/// nothing was found.
public enum SystemProbes {
  /// The five probes `ios.…`, over these surroundings.
  public static func all(_ around: any Surroundings) -> [Probe] {
    [
      Probe("ios.jailbreak") { .cut(jailbreak(around)) },
      Probe("ios.debugger") { .cut(debugger(around)) },
      Probe("ios.injected") { .cut(injected(around)) },
      Probe("ios.hooks") { .cut(hooks(around)) },
      Probe("ios.simulator") { .cut(simulator(around)) },
    ]
  }

  /// What jailbreaks install. Newer ones live under `/var/jb`, and hide.
  private static let jailbreakFiles = [
    "/Applications/Cydia.app", "/Applications/Sileo.app", "/Applications/Zebra.app", "/var/jb", "/private/var/jb",
    "/Library/MobileSubstrate/MobileSubstrate.dylib", "/usr/lib/TweakInject", "/usr/sbin/sshd", "/bin/bash", "/etc/apt",
    "/private/var/lib/apt", "/private/var/lib/dpkg", "/usr/libexec/cydia", "/.installed_unc0ver", "/.bootstrapped_electra",
    "/cores/binpack", "/private/preboot/jb",
  ]

  private static func jailbreak(_ around: any Surroundings) -> String {
    list([
      ("files", anyHolds(jailbreakFiles, around.exists)),
      ("writes", around.canWrite("/private/assay-probe")),
    ])
  }

  private static func debugger(_ around: any Surroundings) -> String {
    list([("traced", around.isTraced == true), ("unknown", around.isTraced == nil)])
  }

  /// Where the system's own libraries come from.
  private static let systemFolders = ["/System/", "/usr/lib/", "/private/preboot/Cryptexes/", "/Developer/"]

  private static func injected(_ around: any Surroundings) -> String {
    let folder = TextSections.plain(around.bundlePath) + "/"
    let images = around.loadedImages
    let isForeign = { (path: String) in
      !TextSections.plain(path).hasPrefix(folder) && !anyHolds(systemFolders, path.hasPrefix)
    }
    // Everything that dyld lists is mapped as code. No folder excuses a name, that of the app neither: nobody judges by the digests of
    // text sections yet (`docs/policies.md`).
    let names = toolNames.parts(at: UInt8(ascii: " "))
    let isKnown = { (path: String) in
      let path = asciiLower(path)
      return anyHolds(names) { fits(path, Array($0.utf8)) }
    }
    return list([
      ("known", anyHolds(images, isKnown)), ("foreign", anyHolds(images, isForeign)),
      ("environment", around.environment("DYLD_INSERT_LIBRARIES") != nil),
    ])
  }

  /// Names of the functions that begin like a hook.
  private static func hooks(_ around: any Surroundings) -> String {
    var findings: [(name: String, isFound: Bool)] = []
    for (name, words) in around.prologues { findings.append((name, isHook(words))) }
    return list(findings)
  }

  /// arm64 jumps that no compiler emits at the start of a function: to an adjacent address, by register, or far away. A
  /// jump through a pointer that is loaded from a page (`adrp; ldr; …; br`) is none: libdyld's own functions are such
  /// thunks.
  static func isHook(_ words: [UInt32]) -> Bool {
    guard let first = words.first else { return false }
    var branchesByRegister = false
    for word in words where word & 0xffff_fc1f == 0xd61f_0000 { branchesByRegister = true }
    // ldr Xt, [Xn, #imm]
    var loadsPointer = false
    for word in words where word & 0xffc0_0000 == 0xf940_0000 { loadsPointer = true }
    let loadsLiteral = first & 0xff00_0000 == 0x5800_0000
    let loadsPage = first & 0x9f00_0000 == 0x9000_0000
    let isBreakpoint = first & 0xffe0_001f == 0xd420_0000
    let isBranch = first & 0xfc00_0000 == 0x1400_0000
    return isBreakpoint || isBranch || ((loadsLiteral || (loadsPage && !loadsPointer)) && branchesByRegister)
  }

  private static func simulator(_ around: any Surroundings) -> String {
    list([
      ("build", around.isSimulator), ("environment", around.environment("SIMULATOR_UDID") != nil), ("mac", around.isOnMac),
    ])
  }

  @inline(never) private static func list(_ findings: [(name: String, isFound: Bool)]) -> String {
    var found: [String] = []
    for (name, isFound) in findings where isFound { found.append(name) }
    return found.joined(separator: ",")
  }

  @inline(never) private static func anyHolds(_ texts: [String], _ holds: (String) -> Bool) -> Bool {
    for text in texts where holds(text) { return true }
    return false
  }

  /// Whether the path ends with as many parts as the pattern has, and these match it; one `*` stands for any bytes but `/`.
  @inline(never) private static func fits(_ path: Bytes, _ pattern: Bytes) -> Bool {
    let slash = UInt8(ascii: "/")
    var folders = 0
    for byte in pattern where byte == slash { folders += 1 }
    var start = path.count
    while start > 0, path[start - 1] != slash || folders > 0 {
      start -= 1
      if path[start] == slash { folders -= 1 }
    }
    var star = pattern.count
    for (index, byte) in pattern.enumerated() where byte == UInt8(ascii: "*") { star = index }
    let after = max(pattern.count - star - 1, 0)
    let length = path.count - start
    guard folders == 0, star < pattern.count ? length >= star + after : length == star else { return false }
    for index in 0..<star where path[start + index] != pattern[index] { return false }
    for index in 0..<after where path[path.count - after + index] != pattern[star + 1 + index] { return false }
    return true
  }

  /// Letters beyond ASCII stay as they are: SDKs would have to agree on each.
  @inline(never) private static func asciiLower(_ text: String) -> Bytes {
    var bytes = Array(text.utf8)
    for index in bytes.indices where (0x41...0x5a).contains(bytes[index]) { bytes[index] += 0x20 }
    return bytes
  }
}
