import Foundation
import FoundationNetworking
import MachO

@_spi(Lab) @testable import Assay
@testable import AssayCore

// An app on a simulated iPhone, for lab/phones: reads one command as JSON in each line of standard input, and writes what came of it
// in one line of standard output. Keychain, Secure Enclave and App Attest are those of the stand-ins for Apple's modules.

struct Phone: Decodable {
  let endpoints: [String]
  let app: String
  let build: String
  let audiences: [String: String]
  /// Folder of the installed app.
  let bundle: String
  /// A script that was loaded in the place of the one in it.
  let script: String?
  /// Milliseconds by which the device's wall clock is wrong.
  let wallError: Double?
  let requestTimeout: Double?
  let withoutToken: String?
  let developmentSecret: String?
  /// Form of proofs.
  let proof: String?
  /// Keychain group of an app and its extensions.
  let group: String?
  /// Mach-O files that dyld has loaded, by their path in the bundle.
  let loaded: [String: String]?
  /// Paths of what else is in the process, by name only.
  let injected: [String]?
  /// Whether a debugger is attached.
  let traced: Bool?
  /// Whether each step is told that outlives the process.
  let tellsSteps: Bool?
  /// Number of the step at which the process dies.
  let dieAt: Int?
}

/// What is in the process, as the stand-in for dyld tells it.
func load(_ phone: Phone) {
  for (name, file) in phone.loaded ?? [:] {
    precondition(assay_stub_map_image(file, "\(phone.bundle)/\(name)"), "\(file) cannot be mapped")
  }
  for path in phone.injected ?? [] { assay_stub_name_image(path) }
  assay_stub_set_traced(phone.traced ?? false)
}

/// Changes one byte of the app's code in memory, as whoever hooks a function does.
func patchText(_ bundle: String) throws {
  let image = AppImages(of: MainBundle(path: bundle)).text()!
  let code = image.segments.firstIndex { $0.name.hasSuffix(".__TEXT.__text") }!
  try image.withBytes(of: code, at: image.segments[code].length / 2, length: 1) {
    UnsafeMutableRawPointer(mutating: $0.baseAddress!).storeBytes(of: ~$0[0], as: UInt8.self)
  }
}

struct Command: Decodable {
  let id: Int
  let `do`: String
  let url: String?
  let method: String?
  let authorization: String?
  let force: Bool?
  let milliseconds: Double?
}

/// A wall clock that is wrong, and that goes on alone while the device sleeps.
final class WrongClock: DeviceClock, @unchecked Sendable {
  private let clock = SystemClock()
  private let lock = NSLock()
  private var error: Double

  init(error: Double) {
    self.error = error
  }

  func sleep(_ milliseconds: Double) { lock.withLock { error += milliseconds } }
  func monotonic() -> Double { clock.monotonic() }
  func wall() -> Double { clock.wall() + lock.withLock { error } }
}

func mainBundle(_ phone: Phone) -> MainBundle {
  MainBundle(path: URL(fileURLWithPath: phone.bundle).resolvingSymlinksInPath().path)
}

func ports(_ phone: Phone, _ configuration: AssayConfiguration, _ clock: WrongClock) -> Ports {
  let bundle = mainBundle(phone)
  let system = Ports.system(configuration, bundle: bundle, script: phone.script.map { URL(fileURLWithPath: $0) })
  var (transport, keyStore, shared, evidence) = (system.transport, system.keyStore, system.shared, system.evidence)
  if phone.tellsSteps == true {
    // The system's ports, with a step around whatever outlives the process.
    let steps = Steps(last: phone.dieAt)
    let store = SteppedStore(inner: Keychain(service: bundle.keychainService(configuration), accessGroup: nil), steps: steps)
    let lock = FileLock.file(app: phone.app, group: nil)
    transport = SteppedTransport(inner: transport, steps: steps)
    keyStore = DeviceKeyStore(EnclaveKeys(), store)
    shared = DeviceSharedState(store, sleep: { try? await sleepFor($0) }, makeTime: { ExpiringActivity() }, makeLock: { FileLock(lock) })
    evidence = [AppAttestSource(SteppedAppAttest(inner: AppAttest(), steps: steps), store, system.cryptography)]
  }
  return Ports(
    clock: clock, timers: system.timers, transport: transport, cryptography: system.cryptography, keyStore: keyStore,
    shared: shared, evidence: evidence, image: system.image, probes: system.probes)
}

/// Not by `print`, whose buffer only a flush of all files would empty, standard input included.
func say(_ line: JSON) {
  FileHandle.standardOutput.write(Data((line.written + "\n").utf8))
}

func carryOut(_ command: Command, _ assay: Assay, _ told: Told, _ clock: WrongClock) async throws -> [JSON.Member] {
  switch command.do {
  case "token":
    let token = try await assay.token(forceRefresh: command.force ?? false)
    return [.init("token", .text(token.token)), .init("expiresIn", .integer(Int64(token.expiresIn))), .init("trace", .text(token.trace))]
  case "request", "sign":
    var request = URLRequest(url: URL(string: command.url!)!)
    request.httpMethod = command.method ?? "GET"
    if let authorization = command.authorization { request.setValue(authorization, forHTTPHeaderField: "Authorization") }
    if command.do == "sign" {
      try await assay.sign(&request)
      return (request.allHTTPHeaderFields ?? [:]).map { .init($0.key, .text($0.value)) }
    }
    let (data, response) = try await assay.data(for: request)
    return [
      .init("status", .integer(Int64((response as! HTTPURLResponse).statusCode))),
      .init("body", .text(String(decoding: data, as: UTF8.self))),
    ]
  case "socket":
    var request = try await assay.webSocketRequest(URL(string: command.url!)!)
    // Linux would send `keep-alive`.
    request.setValue("Upgrade", forHTTPHeaderField: "Connection")
    let task = URLSession.shared.webSocketTask(with: request)
    task.resume()
    defer { task.cancel(with: .normalClosure, reason: nil) }
    try await task.send(.string("hello"))
    guard case .string(let text) = try await task.receive() else { return [.init("error", .text("no_text"))] }
    return [.init("text", .text(text))]
  case "state": return [.init("state", .text(await assay.client.state.rawValue))]
  case "log": return [.init("log", .text(await assay.debugLog()))]
  case "events": return [.init("events", .array(await told.taken().map(JSON.text)))]
  case "sleep":
    clock.sleep(command.milliseconds ?? 0)
    return []
  case "wake":
    await assay.client.wake()
    return []
  case "patch":
    try patchText(phone.bundle)
    return []
  case "reset":
    try await assay.reset()
    return []
  case "selftest": return [.init("report", .text(await assay.selfTest()))]
  default: return [.init("error", .text("unknown_command"))]
  }
}

actor Told {
  private var names: [String] = []
  func add(_ name: String) { names.append(name) }
  func taken() -> [String] { names }
}

func outcome(_ command: Command, _ assay: Assay, _ told: Told, _ clock: WrongClock) async -> JSON {
  var members: [JSON.Member] = [.init("id", .integer(Int64(command.id)))]
  do {
    members += try await carryOut(command, assay, told, clock)
  } catch let error as AssayError {
    members += [
      .init("error", .text(error.code.rawValue)), .init("retryable", .boolean(error.retryable)),
      .init("message", .text(error.description)),
    ]
    if let trace = error.trace { members.append(.init("trace", .text(trace))) }
    if let problem = error.problem { members.append(.init("problem", .text(problem))) }
    if let cause = error.platformError { members.append(.init("platform", .text("\(cause.domain):\(cause.code)"))) }
  } catch {
    members.append(.init("error", .text("\(type(of: error))")))
  }
  return .object(members)
}

let phone = try JSONDecoder().decode(Phone.self, from: Data((ProcessInfo.processInfo.environment["ASSAY_PHONE"] ?? "").utf8))
load(phone)
var configuration = AssayConfiguration(
  endpoints: phone.endpoints, app: phone.app, build: phone.build, audiences: phone.audiences)
if let timeout = phone.requestTimeout { configuration.requestTimeout = timeout }
configuration.developmentSecret = phone.developmentSecret
if phone.withoutToken == "send" { configuration.withoutToken = .send }
configuration.keychainAccessGroup = phone.group
if let proof = phone.proof { configuration.proof = ProofForm(rawValue: proof)! }
let clock = WrongClock(error: phone.wallError ?? 0)
let assay = try Assay(configuration, ports: ports(phone, configuration, clock))
let told = Told()
let events = await assay.events()
Task.detached { for await event in events { await told.add(event.name) } }
while let text = readLine() {
  let command = try JSONDecoder().decode(Command.self, from: Data(text.utf8))
  // Each by itself, so that several can be under way.
  Task.detached {
    say(await outcome(command, assay, told, clock))
  }
}
