/// The findings of a self-test, as one JSON object.
public struct SelfTestReport: Sendable {
  private var members: [JSON.Member]
  private var probes: [JSON.Member] = []

  /// - Parameter textSegments: `nil` if the text sections cannot be reached
  public init(system: String, isAppAttestSupported: Bool, hasSecureEnclave: Bool, textSegments: [Segment]?) {
    members = [
      .init("sdk", .text(sdkName)), .init("system", .text(system)), .init("appAttest", .boolean(isAppAttestSupported)),
      .init("secureEnclave", .boolean(hasSecureEnclave)),
      .init("textSegments", textSegments.map { .integer(Int64($0.count)) } ?? .null),
      .init("textBytes", textSegments.map { .integer(Int64($0.map(\.length).reduce(0, +))) } ?? .null),
    ]
  }

  /// - Parameter answer: `nil` for a probe that threw
  public mutating func add(_ probe: String, _ answer: ProbeAnswer?) {
    probes.append(.init(probe, (answer ?? .text("!threw")).held.json))
  }

  /// The exchange gave a token after this many milliseconds.
  public mutating func exchanged(_ token: AssayToken, milliseconds: Double) {
    members += [
      .init("exchange", .text("ok")), .init("milliseconds", .integer(Int64(milliseconds))), .init("trace", .text(token.trace)),
    ]
  }

  /// The exchange failed.
  public mutating func failed(_ error: any Error) {
    let told = error as? AssayError
    members.append(.init("exchange", .text(told?.code.rawValue ?? "misuse")))
    if let cause = told?.causeCode { members.append(.init("cause", .text(cause))) }
    if let trace = told?.trace { members.append(.init("trace", .text(trace))) }
  }

  /// The report as JSON.
  public var written: String {
    JSON.object(members + [.init("probes", .object(probes))]).written
  }
}
