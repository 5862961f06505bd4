/// The requester: in the challenge request and in client data alike.
final class Identity: Sendable {
  let app: String
  let build: String
  let audiences: [String]

  init(app: String, build: String, audiences: [String]) {
    self.app = app
    self.build = build
    self.audiences = audiences
  }

  /// The members that both have, in their order.
  var members: [JSON.Member] {
    [
      .init("app", .text(app)), .init("build", .text(build)), .init("sdk", .text(sdkName)),
      .init("audiences", .array(audiences.map(JSON.text))),
    ]
  }
}

/// Client data: the one JSON object that the installation key signs and that the binding commits to.
final class ClientData: Sendable {
  private let answer: ChallengeAnswer
  private let identity: Identity
  private let key: PublicKey
  private let measured: Measured
  private let reference: String?
  private let evidence: [String]

  /// - Parameters:
  ///   - reference: what the app calls its user
  ///   - evidence: kinds of evidence that follow, in order
  init(_ answer: ChallengeAnswer, _ identity: Identity, key: PublicKey, _ measured: Measured, reference: String?, evidence: [String]) {
    self.reference = reference
    self.answer = answer
    self.identity = identity
    self.key = key
    self.measured = measured
    self.evidence = evidence
  }

  /// The exact bytes, with members in the order that all SDKs share.
  var bytes: Bytes {
    var members: [JSON.Member] = [
      .init("v", .integer(1)), .init("challenge", .text(answer.challenge)), .init("plan_digest", .text(measured.planDigest)),
    ]
    members += identity.members
    members += [.init("key", key.jwk), .init("measurement", measured.main.json)]
    switch measured.text {
    case .notAsked: break
    case .unreachable: members.append(.init("text", .null))
    case .measured(let response): members.append(.init("text", response.json))
    }
    members.append(.init("probes", .object(measured.probes.map(\.member))))
    if let reference { members.append(.init("reference", .text(reference))) }
    members.append(.init("evidence", .array(evidence.map(JSON.text))))
    return JSON.object(members).bytes
  }

  /// What the installation key signs.
  static func signingInput(_ bytes: Bytes) -> Bytes {
    Label.clientData.bytes + bytes
  }

  /// The one value that every piece of platform evidence commits to: 43 base64url characters.
  static func binding(_ bytes: Bytes, _ crypto: any Cryptography) -> String {
    Base64url.encode(crypto.sha256(Label.binding.bytes + bytes))
  }
}

extension MeasurementResponse {
  var json: JSON {
    .object([
      .init("response", .text(Base64url.encode(response))),
      .init("tags", .object(tags.map { JSON.Member($0.name, .text(Base64url.encode($0.tag))) })),
    ])
  }
}
