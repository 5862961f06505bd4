/// Who asks: in the challenge request and in client data alike.
struct Identity: Sendable {
  let app: String
  let build: String
  let audiences: [String]

  /// The members that both have, in their order.
  var members: [JSON.Member] {
    [
      .init("app", .text(app)), .init("build", .text(build)), .init("sdk", .text(sdkName)),
      .init("audiences", .array(audiences.map(JSON.text))),
    ]
  }
}

/// Client data: the one JSON object that the installation key signs and that the binding commits to.
struct ClientData: Sendable {
  let challenge: String
  let plan: String
  let identity: Identity
  let key: PublicKey
  let measured: Measured
  /// Kinds of evidence that follow, in order.
  let evidence: [String]

  /// The exact bytes, their members in the order that all SDKs share.
  var bytes: Bytes {
    var members: [JSON.Member] = [
      .init("v", .integer(1)), .init("challenge", .text(challenge)), .init("plan", .text(plan)),
    ]
    members += identity.members
    members += [.init("key", key.jwk), .init("measurement", measured.main.json)]
    switch measured.text {
    case .notAsked: break
    case .unreachable: members.append(.init("text", .null))
    case .measured(let response): members.append(.init("text", response.json))
    }
    members += [
      .init("probes", .object(measured.probes.map { JSON.Member($0.name, $0.answer.json) })),
      .init("evidence", .array(evidence.map(JSON.text))),
    ]
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
