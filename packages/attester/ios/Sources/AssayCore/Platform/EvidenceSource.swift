/// The purpose of platform evidence: to make the installation known, or to show that it is still the remembered one,
/// without the cost of a vendor call.
public enum EvidencePurpose: String, Sendable {
  /// As the service names them.
  case enrolment, refresh
}

/// Platform evidence, from an adapter over what the system offers.
public protocol EvidenceSource: Sendable {
  /// Called before client data is written, because client data names the kinds of evidence that follow. A source that
  /// fails at a refresh, here or when it collects, is called once more for an enrolment. A source that fails at an
  /// enrolment fails the exchange: if its fault may last, it returns nothing the next time, and the service decides.
  /// `nil` if there is nothing to give.
  func prepare(_ purpose: EvidencePurpose) async throws -> PreparedEvidence?
  /// Whether each enrolment makes a key that hardware holds. The SDK makes none while the service denies this installation for good. `false` by
  /// default.
  var makesKey: Bool { get }
}

extension EvidenceSource {
  /// No key.
  public var makesKey: Bool { false }
}

/// One piece of evidence, complete except for the commitment.
public struct PreparedEvidence: Sendable {
  /// The `format` of the evidence item.
  public let format: String
  /// The other members of the item, which commits to `binding` (43 base64url characters).
  public let collect: @Sendable (_ binding: String) async throws -> [JSON.Member]

  /// - Parameter collect: returns the other members, for the 43 characters that they must commit to
  public init(format: String, collect: @escaping @Sendable (String) async throws -> [JSON.Member]) {
    self.format = format
    self.collect = collect
  }
}

/// A failure of the system, in its own words: the domain and code of an `NSError`, or the status of the keychain.
public struct PlatformError: Error, Sendable, Equatable {
  /// Apple’s name for the kind of failure.
  public let domain: String
  /// Apple’s number of the failure.
  public let code: Int

  /// A failure in Apple’s words.
  public init(domain: String, code: Int) {
    self.domain = domain
    self.code = code
  }
}
