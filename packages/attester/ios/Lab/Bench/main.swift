@_spi(Lab) import Assay
import AssayCore
import AssayFakes
import CryptoKit
import Foundation

// `assay-bench FOLDER ROUNDS`: a whole exchange less network and signatures over the app in FOLDER, beside one pass of the same bytes
// through one SHA-256 of the same library. Prints one JSON object, milliseconds. Built for release.

let folder = URL(fileURLWithPath: CommandLine.arguments[1])
let rounds = Int(CommandLine.arguments[2]) ?? 9

/// Answers at once, with a plan of another epoch each time, so that no digest is kept.
final class InstantService: Transport, @unchecked Sendable {
  private var epoch = 0
  private let lock = NSLock()

  func post(_ body: Bytes, to url: String) async throws -> Answer {
    let text: String
    if url.hasSuffix("/v1/challenges") {
      let now = lock.withLock {
        epoch += 1
        return epoch
      }
      let seed = Base64url.encode(Bytes(repeating: UInt8(now % 251), count: 32))
      let reads = (0..<32).map { _ in "{\"op\":\"range\",\"segment\":0,\"length\":512}" }.joined(separator: ",")
      let plan =
        "{\"v\":1,\"app\":\"com.example.app\",\"build\":\"1\",\"epoch\":\(now),\"seed\":\"\(seed)\",\"coverage\":\"image\",\"reads\":[\(reads)],"
        + "\"live\":{\"show\":[],\"run\":[\"refusal.1\"]},\"probes\":[]}"
      let challenge = Bytes(repeating: 1, count: 8) + [0, 0, UInt8(now >> 8), UInt8(now & 255)] + Bytes(repeating: 2, count: 36)
      text =
        "{\"attestation_challenge\":\"\(Base64url.encode(challenge))\",\"plan\":\"\(Base64url.encode(Array(plan.utf8)))\",\"expires_in\":120}"
    } else {
      text =
        "{\"tokens\":[{\"audience\":\"https://api.example\",\"token\":\"t\",\"expires_in\":300}],\"refresh_after\":150,\"server_time\":1790000000,\"trace\":\"r\"}"
    }
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

func attest() async throws -> Double {
  let key = LabKey()
  let unsigned = LabKey(publicKey: key.publicKey) { _ in Bytes(repeating: 0, count: 64) }
  let ports = Ports(
    clock: BareClock(), timers: NoTimers(), transport: service, cryptography: LabCryptography(), keyStore: LabKeyStore { unsigned },
    shared: Unshared(), evidence: [], image: AppImages(folder: folder), probes: [])
  let client = try AssayClient(
    AssayConfiguration(
      endpoints: ["https://attest.example"], app: "com.example.app", build: "1", audiences: ["https://api.example": "https://api.example"]),
    ports)
  let start = BareClock().monotonic()
  _ = try await client.token()
  let took = BareClock().monotonic() - start
  await client.close()
  return took
}

func bare() throws -> Double {
  let start = BareClock().monotonic()
  let image = try AppImages(folder: folder).main()
  var hash = SHA256()
  for (index, segment) in image.segments.enumerated() {
    try image.withBytes(of: index, at: 0, length: segment.length) { hash.update(bufferPointer: $0) }
  }
  let digest = Array(hash.finalize())
  precondition(digest.count == 32)
  return BareClock().monotonic() - start
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

let service = InstantService()
var (attesting, reading): ([Double], [Double]) = ([], [])
// The first rounds warm up. Each comes after the other as often as before it.
for round in 0..<(rounds + 4) {
  var (a, b) = (0.0, 0.0)
  if round % 2 == 0 { a = try await attest() }
  b = try bare()
  if round % 2 == 1 { a = try await attest() }
  if round < 4 { continue }
  attesting.append(a)
  reading.append(b)
}
print("{\"attest\":\(median(attesting)),\"bare\":\(median(reading)),\"bytes\":\(try AppImages(folder: folder).main().segments.map(\.length).reduce(0, +))}")
