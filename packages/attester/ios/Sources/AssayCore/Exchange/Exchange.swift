/// Version of the wire that this SDK speaks.
let wireVersion = 1

/// Name and version of this SDK, as it appears in requests.
let sdkName = "assay-ios/0.1.0"

/// The service finds the SDK in a build by this text. It is one literal of more than 15 bytes, because Swift stores
/// shorter ones as numbers in its instructions, and the debug log begins with it, so that no optimiser removes it.
let sdkMarker = "assay:sdk:assay-ios/0.1.0;"

/// Exchanges evidence for tokens. Must not run twice at the same time.
@AssayActor
final class Exchange {
  private let configuration: CheckedConfiguration
  private let identity: Identity
  private let ports: Ports
  private let connection: Connection
  private let measure: Measure
  private let events: Events
  /// The request that was sent but not answered yet.
  private var pending: PreparedRequest?
  private var failures = ReportedFailures()
  /// The plan that was carried out last, and its digest: it need not be sent again.
  private var held: (plan: String, digest: String)?
  /// What the app calls its user. It is in client data alone.
  var reference: String?

  nonisolated init(
    _ configuration: CheckedConfiguration, _ ports: Ports, connection: Connection, events: Events, lifetime: Lifetime
  ) throws {
    self.configuration = configuration
    let given = configuration.given
    identity = Identity(app: given.app, build: given.build, audiences: configuration.audiences)
    measure = try Measure(configuration, ports, lifetime)
    self.ports = ports
    self.connection = connection
    self.events = events
  }

  /// The installation key as it is in its store.
  ///
  /// - Throws: ``AssayError`` with `keyStoreFailed`
  func openKey() async throws -> any InstallationKey {
    do {
      return try await ports.keyStore.open()
    } catch {
      return try await renewKey(error)
    }
  }

  /// Keeps the code of an error that the service has not heard of, for the next challenge request.
  func gaveUp(_ error: AssayError) {
    failures.add(error)
  }

  private func renewKey(_ cause: any Error) async throws -> any InstallationKey {
    let key: any InstallationKey
    do { key = try await ports.keyStore.renew() } catch { throw AssayError.of(error, as: .keyStoreFailed) }
    events.emit(.keyRenewed(cause: AssayError.of(cause, as: .keyStoreFailed)))
    return key
  }

  /// One exchange for all audiences; each curable fault is cured once. Once the grant is kept, call ``finish(_:)``.
  ///
  /// - Parameters:
  ///   - answered: when the request for the current grant was sent
  ///   - denied: why the service refuses this installation for good: thrown again where a new key would be made
  /// - Throws: ``AssayError``
  func run(_ opened: any InstallationKey, answered: Reading?, denied: AssayError?) async throws -> Grant {
    if let secret = configuration.given.developmentSecret { return try await develop(opened, secret) }
    var key = opened
    await loadPending(key, answered)
    var healed: [AssayError.Code] = []
    while true {
      do {
        return try await send(try await prepared(key, enrols: healed.contains(.evidenceFailed), denied))
      } catch let error as AssayError {
        let isCurable =
          switch error.code {
          case .challengeStale, .keyStoreFailed: true
          case .evidenceFailed: error.problem != nil
          default: false
          }
        // After other malfunctions the service may have processed the request and the answer may be lost.
        if isCurable || !error.retryable { await keep(nil) }
        guard isCurable, !healed.contains(error.code) else { throw error }
        healed.append(error.code)
        if error.code == .keyStoreFailed { key = try await renewKey(error) }
      }
    }
  }

  /// What an earlier process has sent, unless it was answered: a process that died in between may not have recorded
  /// that.
  private func loadPending(_ key: any InstallationKey, _ answered: Reading?) async {
    guard pending == nil else { return }
    let stored = try? await ports.shared.load(.pending)
    let found = PreparedRequest(stored: stored, for: configuration, key: key, clock: ports.clock)
    if let found, answered.map({ $0.wall < found.askedAt.wall }) ?? true { pending = found }
  }

  /// The request that still waits for its answer, or a new one.
  private func prepared(_ key: any InstallationKey, enrols: Bool, _ denied: AssayError?) async throws -> PreparedRequest {
    if let pending, pending.key.publicKey == key.publicKey, pending.isGood(ports.clock) { return pending }
    let prepared = try await prepare(key, enrols: enrols, denied)
    await keep(prepared)
    return prepared
  }

  private func keep(_ request: PreparedRequest?) async {
    pending = request
    // A full disk costs only another exchange after the next start.
    try? await ports.shared.save(request?.stored(for: configuration), .pending)
  }

  /// The grant is kept, so that its request is no longer needed. It is removed last: whenever the process dies, either
  /// the request or its result is there.
  func finish(_ grant: Grant) async {
    // A development secret enrols nobody.
    guard configuration.given.developmentSecret == nil else { return }
    await ports.keyStore.keepEnrolled(grant.key)
    await keep(nil)
  }

  /// Forgets what was sent.
  func forget() {
    pending = nil
  }

  private func prepare(_ key: any InstallationKey, enrols: Bool, _ denied: AssayError?) async throws -> PreparedRequest {
    let hasEnrolled = await ports.keyStore.hasEnrolled(key)
    let purpose = enrols || !hasEnrolled ? EvidencePurpose.enrolment : .refresh
    let thumbprint = ports.cryptography.sha256(key.publicKey.thumbprintInput)
    let request = challengeRequest(Base64url.encode(thumbprint), purpose)
    let heldPlan = held?.plan
    let (content, sentAt) = try await connection.post(request.bytes, to: "/v1/challenges") { ChallengeAnswer($0, held: heldPlan) != nil }
    guard let answer = ChallengeAnswer(content, held: heldPlan) else { throw AssayError(.responseInvalid) }
    failures.clear()
    let evidence = try await evidence(answer.evidence, enrols: enrols, denied)
    let measured = try await measure.carryOut(answer.plan, answer.challenge)
    held = (answer.plan, measured.planDigest)
    let data = ClientData(answer, identity, key: key.publicKey, measured, reference: reference, evidence: evidence?.formats ?? [])
    let bytes = data.bytes
    let signature: Bytes
    do { signature = try await key.sign(ClientData.signingInput(bytes)) } catch { throw AssayError.of(error, as: .keyStoreFailed) }
    let items = try await evidence?.collect(ClientData.binding(bytes, ports.cryptography)) ?? []
    let body = JSON.object([
      .init("client_data", .text(Base64url.encode(bytes))), .init("signature", .text(Base64url.encode(signature))),
      .init("evidence", .array(items)),
    ])
    return PreparedRequest(key: key, body: body.bytes, askedAt: sentAt, goodFor: answer.expiresIn * 1000)
  }

  private func challengeRequest(_ thumbprint: String, _ purpose: EvidencePurpose) -> JSON {
    var members: [JSON.Member] = [.init("v", .integer(Int64(wireVersion)))]
    members += identity.members
    members += [.init("key", .text(thumbprint)), .init("purpose", .text(purpose.rawValue))]
    if let shape = measure.shape() { members.append(.init("shape", .text(shape))) }
    members.append(.init("plan", .text(held?.digest ?? "")))
    members.append(.init("token_kinds", .array([.text("attestation"), .text("access")])))
    if !failures.codes.isEmpty { members.append(.init("failures", .array(failures.codes.map(JSON.text)))) }
    return .object(members)
  }

  private func evidence(_ wanted: JSON?, enrols: Bool, _ denied: AssayError?) async throws -> Collectable? {
    guard let wanted else { return nil }
    guard let purpose = wanted.text.flatMap(EvidencePurpose.init(rawValue:)) else {
      throw AssayError(.responseInvalid)
    }
    if let denied, enrols || purpose == .enrolment {
      for source in ports.evidence where source.makesKey { throw denied }
    }
    return try await Collectable.prepare(enrols ? .enrolment : purpose, ports.evidence)
  }

  private func send(_ prepared: PreparedRequest) async throws -> Grant {
    try await ask("/v1/attestations", prepared.body, prepared.key)
  }

  /// Tokens without evidence.
  private func develop(_ key: any InstallationKey, _ secret: String) async throws -> Grant {
    var members: [JSON.Member] = [.init("v", .integer(Int64(wireVersion)))]
    members += identity.members
    members += [.init("key", key.publicKey.jwk), .init("secret", .text(secret))]
    return try await ask("/v1/development-tokens", JSON.object(members).bytes, key)
  }

  private func ask(_ path: String, _ body: Bytes, _ key: any InstallationKey) async throws -> Grant {
    let (content, sentAt) = try await connection.post(body, to: path) { AttestationAnswer($0) != nil }
    guard let answer = AttestationAnswer(content) else { throw AssayError(.responseInvalid) }
    return Grant(
      key: key, tokens: answer.tokens, refreshAfter: answer.refreshAfter, trace: answer.trace, denied: answer.denied, sentAt: sentAt,
      offset: answer.serverTime * 1000 - ports.clock.wall())
  }
}
