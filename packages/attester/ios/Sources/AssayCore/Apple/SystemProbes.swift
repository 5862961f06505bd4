/// What the probes of this SDK look at. Each of its functions says what is, and judges nothing.
public protocol SystemFacts: Sendable {
  func exists(_ path: String) -> Bool
  /// Whether a file can be made there; it is removed again.
  func canWrite(_ path: String) -> Bool
  func environment(_ name: String) -> String?
  /// Whether a debugger is attached; `nil` where the system does not tell.
  var isTraced: Bool? { get }
  /// Paths of all that is loaded into the process.
  var loadedImages: [String] { get }
  /// Folder of the app.
  var bundlePath: String { get }
  /// The first four instructions of functions that anyone who hides from probes has to replace, by their names.
  var prologues: [(name: String, words: [UInt32])] { get }
  /// Whether this was built for the simulator.
  var isSimulator: Bool { get }
  /// Whether it is an app for iPhones that runs on a Mac.
  var isOnMac: Bool { get }
}

/// The probes of this SDK. Anyone who controls the process can answer them at will: they find careless tampering and honest
/// automation. An answer made of names is in a fixed order, separated by commas, and empty when nothing was found.
public enum SystemProbes {
  public static func all(_ facts: some SystemFacts) -> [Probe] {
    [
      Probe("ios.jailbreak") { .cut(jailbreak(facts)) },
      Probe("ios.debugger") { .cut(debugger(facts)) },
      Probe("ios.injected") { .cut(injected(facts)) },
      Probe("ios.hooks") { .cut(hooks(facts)) },
      Probe("ios.simulator") { .cut(simulator(facts)) },
    ]
  }

  /// What jailbreaks install. Newer ones live under `/var/jb`, and hide.
  private static let jailbreakFiles = [
    "/Applications/Cydia.app", "/Applications/Sileo.app", "/Applications/Zebra.app", "/var/jb", "/private/var/jb",
    "/Library/MobileSubstrate/MobileSubstrate.dylib", "/usr/lib/TweakInject", "/usr/sbin/sshd", "/bin/bash", "/etc/apt",
    "/private/var/lib/apt", "/private/var/lib/dpkg", "/usr/libexec/cydia", "/.installed_unc0ver", "/.bootstrapped_electra",
    "/cores/binpack", "/private/preboot/jb",
  ]

  private static func jailbreak(_ facts: some SystemFacts) -> String {
    list([
      ("files", jailbreakFiles.contains(where: facts.exists)),
      ("writes", facts.canWrite("/private/assay-probe")),
    ])
  }

  private static func debugger(_ facts: some SystemFacts) -> String {
    list([("traced", facts.isTraced == true), ("unknown", facts.isTraced == nil)])
  }

  /// Parts of the names of what is injected into apps, in lower case.
  private static let injectors = [
    "frida", "gadget", "cynject", "cycript", "mobilesubstrate", "substrate", "substitute", "tweakinject", "libhooker", "ellekit",
    "sslkillswitch", "shadow.dylib", "flyjb", "libjailbreak", "systemhook", "roothide", "choicy",
  ]
  /// Where the system's own libraries come from.
  private static let systemFolders = ["/System/", "/usr/lib/", "/private/preboot/Cryptexes/", "/Developer/"]

  private static func injected(_ facts: some SystemFacts) -> String {
    let images = facts.loadedImages
    let lower = images.map { $0.lowercased() }
    let folder = TextSections.plain(facts.bundlePath) + "/"
    let isForeign = { (path: String) in
      !TextSections.plain(path).hasPrefix(folder) && !systemFolders.contains(where: path.hasPrefix)
    }
    return list([
      ("known", lower.contains { path in injectors.contains { contains(path, $0) } }),
      ("foreign", images.contains(where: isForeign)),
      ("environment", facts.environment("DYLD_INSERT_LIBRARIES") != nil),
    ])
  }

  /// Names of the functions that begin as a hook begins.
  private static func hooks(_ facts: some SystemFacts) -> String {
    list(facts.prologues.map { ($0.name, isHook($0.words)) })
  }

  /// Jumps of arm64 that no compiler writes at the start of a function: to an address beside it, by register, or far away.
  static func isHook(_ words: [UInt32]) -> Bool {
    guard let first = words.first else { return false }
    let loadsLiteral = first & 0xff00_0000 == 0x5800_0000
    let isBreakpoint = first & 0xffe0_001f == 0xd420_0000
    let isBranch = first & 0xfc00_0000 == 0x1400_0000
    let pagesThenBranches =
      first & 0x9f00_0000 == 0x9000_0000 && words.dropFirst().contains { $0 & 0xffff_fc1f == 0xd61f_0000 }
    return isBreakpoint || isBranch || pagesThenBranches || (loadsLiteral && words.contains { $0 & 0xffff_fc1f == 0xd61f_0000 })
  }

  private static func simulator(_ facts: some SystemFacts) -> String {
    list([
      ("build", facts.isSimulator), ("environment", facts.environment("SIMULATOR_UDID") != nil), ("mac", facts.isOnMac),
    ])
  }

  private static func list(_ findings: [(name: String, isFound: Bool)]) -> String {
    findings.filter(\.isFound).map(\.name).joined(separator: ",")
  }

  private static func contains(_ text: String, _ part: String) -> Bool {
    let (text, part) = (Array(text.utf8), Array(part.utf8))
    return text.indices.contains { text[$0...].starts(with: part) }
  }
}
