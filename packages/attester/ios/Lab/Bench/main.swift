@_spi(Lab) import Assay
import AssayCore
import AssayFakes
import CryptoKit
import Foundation

// `assay-bench FOLDER`: for each line of standard input, which is the answer to a challenge request, a whole exchange by a new client
// over the app in FOLDER, less network and signatures, and beside it one pass of the same bytes through one SHA-256 of the same library.
// Writes one JSON line each: microseconds of CPU time of this process, with all of its threads, and by the clock, and the client data
// that was sent. Built for release.

let folder = URL(fileURLWithPath: CommandLine.arguments[1])

/// Answers at once: a challenge as given, and tokens whatever is sent.
final class InstantService: Transport, @unchecked Sendable {
  private let challenge: Bytes
  private let lock = NSLock()
  private var sent = ""

  var clientData: String { lock.withLock { sent } }

  init(challenge: String) {
    self.challenge = Array(challenge.utf8)
  }

  func post(_ body: Bytes, to url: String) async throws -> Answer {
    if url.hasSuffix("/v1/challenges") { return Answer(status: 200, header: { _ in nil }, body: challenge) }
    let members = try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]
    lock.withLock { sent = members?["client_data"] as? String ?? "" }
    let text =
      "{\"tokens\":[{\"audience\":\"https://api.example\",\"token\":\"t\",\"expires_in\":300}],\"refresh_after\":150,\"server_time\":1790000000,\"trace\":\"r\"}"
    return Answer(status: 200, header: { _ in nil }, body: Array(text.utf8))
  }
}

struct BareClock: DeviceClock {
  func monotonic() -> Double { Double(DispatchTime.now().uptimeNanoseconds) / 1_000_000 }
  func wall() -> Double { Date().timeIntervalSince1970 * 1000 }
}

/// Time-outs never fall due here.
struct NoTimers: Timers {
  struct Nothing: Scheduled { func cancel() {} }
  func schedule(after milliseconds: Double, _ action: @escaping @Sendable () async -> Void) -> any Scheduled { Nothing() }
}

func attest(_ service: InstantService) async throws {
  let key = LabKey()
  let unsigned = LabKey(publicKey: key.publicKey) { _ in Bytes(repeating: 0, count: 64) }
  let ports = Ports(
    clock: BareClock(), timers: NoTimers(), transport: service, cryptography: LabCryptography(), keyStore: LabKeyStore { unsigned },
    shared: Unshared(), evidence: [], image: AppImages(of: MainBundle(path: folder.path)),
    probes: SystemProbes.all(NoSurroundings()))
  let client = try AssayClient(
    AssayConfiguration(
      endpoints: ["https://attest.example"], app: "com.example.bench", build: "1", audiences: ["https://api.example": "https://api.example"]),
    ports)
  _ = try await client.token()
  await client.close()
}

func bare() throws {
  let image = try AppImages(of: MainBundle(path: folder.path)).main()
  var hash = SHA256()
  for (index, segment) in image.segments.enumerated() {
    try image.withBytes(of: index, at: 0, length: segment.length) { hash.update(bufferPointer: $0) }
  }
  let digest = Array(hash.finalize())
  precondition(digest.count == 32)
}

/// A phone of its owner's, with nothing to tell.
struct NoSurroundings: Surroundings {
  func exists(_ path: String) -> Bool { false }
  func canWrite(_ path: String) -> Bool { false }
  func environment(_ name: String) -> String? { nil }
  let isTraced: Bool? = false
  let loadedImages: [String] = []
  let bundlePath = "/App.app"
  let prologues: [(name: String, words: [UInt32])] = []
  let isSimulator = false
  let isOnMac = false
}

func cpu() -> Double {
  var now = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now)
  return Double(now.tv_sec) * 1e6 + Double(now.tv_nsec) / 1e3
}

func timed(_ work: () async throws -> Void) async throws -> JSON {
  let (before, start) = (cpu(), BareClock().monotonic())
  try await work()
  return .object([
    .init("cpu_us", .integer(Int64(cpu() - before))), .init("elapsed_us", .integer(Int64((BareClock().monotonic() - start) * 1000))),
  ])
}

var round = 0
while let line = readLine() {
  let service = InstantService(challenge: line)
  // Each comes after the other as often as before it.
  let first = round % 2 == 0 ? try await timed { try await attest(service) } : nil
  let read = try await timed { try bare() }
  let attested = if let first { first } else { try await timed { try await attest(service) } }
  round += 1
  let members: [JSON.Member] = [
    .init("attest", attested), .init("bare", read), .init("client_data", .text(service.clientData)),
  ]
  FileHandle.standardOutput.write(Data((JSON.object(members).written + "\n").utf8))
}
