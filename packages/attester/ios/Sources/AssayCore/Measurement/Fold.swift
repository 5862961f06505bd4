/// The input for carrying out a plan.
final class FoldInput: Sendable {
  let plan: Plan
  /// The plan's exact bytes.
  let planBytes: Bytes
  /// 48 bytes.
  let challenge: Bytes
  let crypto: any Cryptography

  /// - Throws: ``MeasurementError`` with `PLAN_EPOCH` if the challenge was issued with the plan of another epoch
  init(plan: Plan, planBytes: Bytes, challenge: Bytes, crypto: any Cryptography) throws {
    try must(challenge.count == 48 && number(in: challenge, at: 8, length: 4) == plan.epoch, .planEpoch)
    self.plan = plan
    self.planBytes = planBytes
    self.challenge = challenge
    self.crypto = crypto
  }
}

/// The state of a fold: the response key and the chain, 32 bytes each.
///
/// k = HMAC(E, label ‖ challenge ‖ SHA-256(plan)), then every read, then every exercise. The chain begins with k and decides
/// which read comes next and where it starts, so that neither order nor offsets exist before the challenge, and nothing can be
/// read ahead. One step of the chain:
///
/// SHA-256(chain ‖ u32 index of the read ‖ operation ‖ D of the segment ‖ (u64 offset ‖ u32 length ‖ bytes) per piece)
///
/// An exercise is carried out on the current chain, and its output is folded:
///
/// SHA-256(chain ‖ u32 index of the exercise ‖ 4 ‖ LP(name) ‖ LP(output))
struct Fold {
  let key: Bytes
  private(set) var chain: Bytes
  private let crypto: any Cryptography

  init(_ input: FoldInput, _ digest: ImageDigest) {
    crypto = input.crypto
    key = crypto.hmacSHA256(
      key: digest.image, Label.response.bytes + input.challenge + crypto.sha256(input.planBytes))
    chain = key
  }

  mutating func carryOut(_ reads: [Read], over image: any CodeImage, _ digest: ImageDigest) throws {
    var left = Array(reads.indices)
    while !left.isEmpty {
      let index = left.remove(at: number(in: chain, at: 0, length: 2) % left.count)
      try carryOut(reads[index], index, over: image, digest)
    }
  }

  private mutating func carryOut(
    _ read: Read, _ index: Int, over image: any CodeImage, _ digest: ImageDigest
  ) throws {
    // The segment's D stands for its name, length and content in each step that reads from it.
    let part = digest.parts[read.segment]
    let length = min(read.length, part.length)
    let places = part.length - length + 1
    let (steps, pieces) = read.operation == .walk ? (read.count, 1) : (1, read.count)
    for _ in 0..<steps {
      let first = foldStart(chain, places: places)
      var step = chain + bigEndian(UInt32(index)) + [read.operation.rawValue] + part.digest
      step.reserveCapacity(step.count + pieces * (length + 12))
      for piece in 0..<pieces {
        let offset = (first + piece * read.step) % places
        step += bigEndian(UInt64(offset)) + bigEndian(UInt32(length))
        try image.append(length, of: part.index, at: offset, to: &step)
      }
      chain = crypto.sha256(step)
    }
  }

  mutating func carryOut(exercises names: [String], of plan: Plan) throws {
    for (index, name) in names.enumerated() {
      guard let exercise = Exercise(rawValue: name) else { throw MeasurementError(code: .planFunction) }
      let output = exercise.carryOut(input: chain, plan: plan)
      chain = crypto.sha256(
        chain + bigEndian(UInt32(index)) + [4] + lengthPrefixed(name) + lengthPrefixed(output))
    }
  }

  /// HMAC(k, chain ‖ conclusion): 32 bytes.
  func response(_ conclusion: Bytes) -> Bytes {
    crypto.hmacSHA256(key: key, chain + conclusion)
  }
}

/// Where to start: bytes 2 to 7 of the chain, as one number, modulo the number of places.
func foldStart(_ chain: Bytes, places: Int) -> Int {
  number(in: chain, at: 2, length: 6) % places
}
