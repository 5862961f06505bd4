import Assay
import AssayCore
import Foundation

/// The script that runs: the id of its build, if it states one, and its file, if that is outside the app.
struct LoadedScript: Equatable {
  let build: String?
  let file: URL?
}

/// The clients of this process, which outlive the JavaScript: after a reload of the same script the same options give
/// the same client, which native code and JavaScript share. A client that a reload has left without a holder ends when
/// other options come.
public actor Clients {
  private struct Held {
    let options: String?
    let script: LoadedScript
    let assay: Assay
    var handles: Set<String> = []
  }

  /// Those of this process.
  public static let shared = Clients { try Assay($0, script: $1) }

  private let start: @Sendable (AssayConfiguration, URL?) throws -> Assay
  private var all: [Held] = []
  private var provided: Assay?
  private var last = 0

  /// - Parameter start: makes a client; its second argument is the script that was loaded in place of the one in the
  /// app
  public init(start: @escaping @Sendable (AssayConfiguration, URL?) throws -> Assay) {
    self.start = start
  }

  /// Makes `assay` the client of every `createAssay()` without options. It still belongs to its owner: JavaScript
  /// cannot close it.
  public func provide(_ assay: Assay?) {
    provided = assay
    all.removeAll { $0.options == nil }
  }

  func open(_ options: Request?, running script: LoadedScript) async throws -> (String, Assay) {
    let name = options?.name
    let isWanted = { (held: Held) in held.options == name && held.script == script }
    if !all.contains(where: isWanted) {
      var given = options == nil && provided != nil ? nil : try options.map { try configuration($0, script) } ?? Self.inTheApp(script)
      // The options take precedence over the script.
      if options == nil, let build = script.build { given?.build = build }
      let assay = try given.map { try start($0, script.file) } ?? provided!
      // Only now: invalid new options must not end anything.
      for held in all where held.handles.isEmpty { await end(held) }
      all.append(Held(options: name, script: script, assay: assay))
    }
    guard let index = all.firstIndex(where: isWanted) else { throw Stale() }
    last += 1
    all[index].handles.insert("assay-\(last)")
    return ("assay-\(last)", all[index].assay)
  }

  func find(_ handle: String) throws -> Assay {
    guard let held = all.first(where: { $0.handles.contains(handle) }) else { throw Stale() }
    return held.assay
  }

  /// The client ends with its last holder.
  func close(_ handle: String) async {
    guard let index = all.firstIndex(where: { $0.handles.contains(handle) }) else { return }
    all[index].handles.remove(handle)
    if all[index].handles.isEmpty { await end(all[index]) }
  }

  /// The JavaScript has ended, and with it the holders of these handles; the client goes on for the next ones.
  func forget(_ handles: [String]) {
    for index in all.indices { all[index].handles.subtract(handles) }
  }

  private func end(_ held: Held) async {
    all.removeAll { $0.assay === held.assay }
    if held.assay !== provided { await held.assay.close() }
  }

  /// `Assay` in `Info.plist`, as the config plugin of Expo writes it, or the file `Assay.plist`.
  private static func inTheApp(_ script: LoadedScript) throws -> AssayConfiguration {
    guard let members = Bundle.main.object(forInfoDictionaryKey: "Assay") as? [String: Any] else {
      return try AssayConfiguration(plist: "Assay")
    }
    return try configuration(Request(members), script)
  }
}

private let known: Set = [
  "endpoints", "audiences", "authorizationServers", "app", "build", "withoutToken", "requestTimeout", "idleAfter", "android", "ios",
  "dangerouslyAllowInsecureRequests", "developmentSecret",
]

/// The options of `createAssay` in the form of the iOS SDK.
func configuration(_ options: Request, _ script: LoadedScript) throws -> AssayConfiguration {
  if let name = options.names.first(where: { !known.contains($0) }) { throw AssayMisuse(name) }
  let info = Bundle.main.infoDictionary ?? [:]
  guard let app = options.optionalText("app") ?? Bundle.main.bundleIdentifier else { throw AssayMisuse("app") }
  guard let build = options.optionalText("build") ?? script.build ?? info["CFBundleShortVersionString"] as? String else {
    throw AssayMisuse("build")
  }
  guard let endpoints = options.members["endpoints"] as? [String] else { throw AssayMisuse("endpoints") }
  guard let audiences = options.members["audiences"] as? [String: String] else { throw AssayMisuse("audiences") }
  var configuration = AssayConfiguration(endpoints: endpoints, app: app, build: build, audiences: audiences)
  if let servers = options.members["authorizationServers"] {
    guard let servers = servers as? [String] else { throw AssayMisuse("authorizationServers") }
    configuration.authorizationServers = servers
  }
  if let choice = options.optionalText("withoutToken") {
    guard let withoutToken = AssayConfiguration.WithoutToken(rawValue: choice) else { throw AssayMisuse("withoutToken") }
    configuration.withoutToken = withoutToken
  }
  if let timeout = options.number("requestTimeout") { configuration.requestTimeout = timeout }
  if let idle = options.number("idleAfter") { configuration.idleAfter = idle }
  configuration.dangerouslyAllowInsecureRequests = options.flag("dangerouslyAllowInsecureRequests")
  configuration.developmentSecret = options.optionalText("developmentSecret")
  if let own = try options.part("ios") {
    configuration.keychainAccessGroup = own.optionalText("keychainAccessGroup")
    configuration.appGroup = own.optionalText("appGroup")
  }
  return configuration
}
