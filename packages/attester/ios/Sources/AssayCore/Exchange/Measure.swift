/// What measuring the app gave, as client data says it.
struct Measured: Sendable {
  /// The second image, which some plans ask for.
  enum Text: Sendable {
    case notAsked
    /// The plan asks for it, and this process cannot read its own text sections.
    case unreachable
    case measured(MeasurementResponse)
  }

  let main: MeasurementResponse
  let probes: [AnsweredProbe]
  let text: Text
}

/// The app, measured as plans ask. Whole-code digests are kept, in memory, as long as plans come with the same seed, that is for
/// one epoch: then an attestation reads a few kilobytes and not every byte of the app.
@AssayActor
final class Measure {
  private let expected: Plan.Expectation
  private let ports: Ports
  private let probes: ProbeTable
  private var opened: (any CodeImage)?
  private var openedText: (any CodeImage)??
  private var kept: Kept?

  private struct Kept {
    /// Seed and coverage.
    let of: String
    let main: ImageDigest
    var text: ImageDigest?
  }

  nonisolated init(_ configuration: CheckedConfiguration, _ ports: Ports, _ lifetime: Lifetime) throws {
    self.ports = ports
    probes = try ProbeTable(ports.probes, lifetime)
    let given = configuration.given
    expected = Plan.Expectation(app: given.app, build: given.build, probes: probes.names)
  }

  /// Carries out `plan` (base64url, as received) for `challenge` (64 characters, as received).
  ///
  /// - Throws: ``AssayError`` with `responseInvalid`, `planRefused`, `measurementFailed`
  func carryOut(_ planText: String, _ challengeText: String) async throws -> Measured {
    try await orFail(.measurementFailed) {
      guard let planBytes = Base64url.decode(planText), let challenge = Base64url.decode(challengeText), challenge.count == 48 else {
        throw AssayError(.responseInvalid)
      }
      let plan = try Plan(parsing: planBytes)
      let image = try openMain()
      try plan.fits(image, expected)
      let input = try FoldInput(plan: plan, planBytes: planBytes, challenge: challenge, crypto: ports.cryptography)
      let answers = try await probes.ask(plan.probes)
      let text = plan.text == nil ? nil : openText()
      let known = kept?.of == plan.seed + plan.coverage.rawValue ? kept : nil
      let (digests, measured) = try await input.carryOut(
        image, text, known.map { ($0.main, $0.text) }, answers)
      kept = Kept(of: plan.seed + plan.coverage.rawValue, main: digests.main, text: digests.text)
      return measured
    }
  }

  private func openMain() throws -> any CodeImage {
    if let opened { return opened }
    let image = try ports.image.main()
    opened = image
    return image
  }

  private func openText() -> (any CodeImage)? {
    if let openedText { return openedText }
    let image = ports.image.text()
    openedText = .some(image)
    return image
  }
}

extension FoldInput {
  /// Reads and hashes both images. It runs beside the SDK's own actor, which must not stand still for it.
  fileprivate nonisolated func carryOut(
    _ image: any CodeImage, _ text: (any CodeImage)?, _ known: (main: ImageDigest, text: ImageDigest?)?,
    _ answers: [AnsweredProbe]
  ) async throws -> (digests: (main: ImageDigest, text: ImageDigest?), measured: Measured) {
    let seed = plan.seedBytes
    let digest = try known?.main ?? ImageDigest(of: image, coverage: plan.coverage, seed: seed, crypto: crypto)
    let main = try measure(image, digest, probes: answers)
    guard let reads = plan.text else {
      return ((digest, nil), Measured(main: main, probes: answers, text: .notAsked))
    }
    guard let text, let measured = try measureText(text, reads, known?.text, seed) else {
      return ((digest, known?.text), Measured(main: main, probes: answers, text: .unreachable))
    }
    return ((digest, measured.0), Measured(main: main, probes: answers, text: .measured(measured.1)))
  }

  /// `nil` where the image lacks a segment that the plan reads: the service then says that it differs.
  func measureText(
    _ image: any CodeImage, _ reads: [Read], _ known: ImageDigest?, _ seed: Bytes
  ) throws -> (ImageDigest, MeasurementResponse)? {
    let digest = try known ?? ImageDigest(of: image, coverage: .image, seed: seed, crypto: crypto)
    guard reads.allSatisfy({ $0.segment < digest.parts.count }) else { return nil }
    var fold = Fold(self, digest)
    try fold.carryOut(reads, over: image, digest)
    let response = fold.response(emptyConclusion)
    return (digest, MeasurementResponse(response: response, tags: digest.tags(challenge: challenge, crypto: crypto)))
  }

  private var emptyConclusion: Bytes { lengthPrefixed("[]") + bigEndian(UInt32(0)) }
}
