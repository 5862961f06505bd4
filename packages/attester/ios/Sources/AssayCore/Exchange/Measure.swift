/// The result of measuring the app, as client data states it.
final class Measured: Sendable {
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
  /// base64url(SHA-256) of the plan.
  let planDigest: String

  init(_ main: MeasurementResponse, _ probes: [AnsweredProbe], _ text: Text, planDigest: String) {
    self.planDigest = planDigest
    self.main = main
    self.probes = probes
    self.text = text
  }
}

/// Measures the app as plans ask. Whole-code digests are kept in memory as long as plans come with the same seed, that
/// is, for one epoch: then an attestation reads a few kilobytes instead of every byte of the app.
@AssayActor
final class Measure {
  private let expected: Plan.Expectation
  private let ports: Ports
  private let probes: ProbeTable
  private var opened: (any CodeImage)?
  private var openedText: (any CodeImage)??
  private var kept: KeptDigests?


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
    do {
      guard let planBytes = Base64url.decode(planText), let challenge = Base64url.decode(challengeText), challenge.count == 48 else {
        throw AssayError(.responseInvalid)
      }
      let plan = try Plan.parse(planBytes)
      let image = try openMain()
      try plan.fits(image, expected)
      let input = try FoldInput(plan: plan, planBytes: planBytes, challenge: challenge, crypto: ports.cryptography)
      let answers = await probes.ask(plan.probes)
      let text = plan.text == nil ? nil : openText()
      let known = kept?.id.isSame(as: plan.digestID) == true ? kept : nil
      let (digests, measured) = try await input.carryOut(image, text, known, answers)
      kept = digests
      return measured
    } catch {
      throw AssayError.of(error, as: .measurementFailed)
    }
  }

  /// The shape of the app. `nil` if it cannot be read now: then measuring says why.
  func shape() -> String? {
    (try? openMain())?.shape(ports.cryptography)
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

/// Whole-code digests of both images under one seed.
private final class KeptDigests: Sendable {
  let id: String
  let main: ImageDigest
  let text: ImageDigest?

  init(_ id: String, _ main: ImageDigest, _ text: ImageDigest?) {
    self.id = id
    self.main = main
    self.text = text
  }
}

extension Plan {
  /// What digests depend on besides the image.
  fileprivate var digestID: String { seed + coverage.rawValue }
}

extension FoldInput {
  /// Reads and hashes both images. It runs outside the SDK's own actor, which it must not block.
  fileprivate nonisolated func carryOut(
    _ image: any CodeImage, _ text: (any CodeImage)?, _ known: KeptDigests?, _ answers: [AnsweredProbe]
  ) async throws -> (digests: KeptDigests, measured: Measured) {
    let seed = plan.seedBytes
    let digest = try known?.main ?? ImageDigest(of: image, coverage: plan.coverage, seed: seed, crypto: crypto)
    let main = try measure(image, digest, probes: answers)
    var textDigest = known?.text
    var second = plan.text == nil ? Measured.Text.notAsked : .unreachable
    if let reads = plan.text, let text, let (digest, response) = try measureText(text, reads, textDigest, seed) {
      textDigest = digest
      second = .measured(response)
    }
    return (KeptDigests(plan.digestID, digest, textDigest), Measured(main, answers, second, planDigest: Base64url.encode(crypto.sha256(planBytes))))
  }

  /// `nil` if the image lacks a segment that the plan reads: the service then reports the difference.
  func measureText(
    _ image: any CodeImage, _ reads: [Read], _ known: ImageDigest?, _ seed: Bytes
  ) throws -> (ImageDigest, MeasurementResponse)? {
    let digest = try known ?? ImageDigest(of: image, coverage: .image, seed: seed, crypto: crypto)
    for read in reads where read.segment >= digest.parts.count { return nil }
    var fold = Fold(self, digest)
    try fold.carryOut(reads, over: image, digest)
    let response = fold.response(emptyConclusion)
    return (digest, MeasurementResponse(response: response, tags: digest.tags(challenge: challenge, crypto: crypto)))
  }

  private var emptyConclusion: Bytes { lengthPrefixed("[]") + bigEndian(UInt32(0)) }
}
