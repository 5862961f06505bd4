/// Why no token was available, or why a protected request was not sent.
///
/// `attestationDenied` is a denial: the evidence is bad. The other codes that are not ``retryable`` need a new release, a
/// registration or another configuration; those that are are malfunctions. Misuse of the SDK is an ``AssayMisuse`` instead.
public struct AssayError: Error, Sendable {
  /// The codes that all SDKs share. Match on them, never on text.
  public enum Code: String, Sendable, CaseIterable {
    // Trying again changes nothing
    /// The evidence is bad; the operator finds the reason by the trace.
    case attestationDenied = "attestation_denied"
    /// The build is not registered, retired, or below the app’s minimum.
    case buildRefused = "build_refused"
    /// The app or an audience is not registered.
    case notRegistered = "not_registered"
    /// The service refused the request for another reason, which `problem` names.
    case requestRefused = "request_refused"
    /// The plan asks for more than this SDK gives.
    case planRefused = "plan_refused"
    /// A protected API answered with a redirect.
    case redirectRefused = "redirect_refused"
    /// The service speaks only older versions of the protocol.
    case serviceOutdated = "service_outdated"
    /// The service no longer speaks this version of the protocol.
    case sdkOutdated = "sdk_outdated"
    /// The request has an `Authorization` of its own, where the API takes the token.
    case authorizationPresent = "authorization_present"
    /// The client was closed.
    case closed
    // The same call may succeed later without anyone changing anything
    /// No answer came, or none in time.
    case network, timeout
    /// The answer is not the service's; it may be a proxy's.
    case responseInvalid = "response_invalid"
    /// The service failed, with a status from 500.
    case serviceUnavailable = "service_unavailable"
    /// Too many requests: ``AssayError/retryAfter`` says when to try again.
    case rateLimited = "rate_limited"
    /// The service did not take the challenge, twice.
    case challengeStale = "challenge_stale"
    /// The app’s code could not be read.
    case measurementFailed = "measurement_failed"
    /// The installation key could not be made, kept or used.
    case keyStoreFailed = "key_store_failed"
    /// The system gave no evidence: see ``AssayError/platformError``, and ``AppAttestUnsupported`` where it never does.
    case evidenceFailed = "evidence_failed"

    /// What to do instead of trying again, or `nil` if trying again may help.
    var remedy: String? {
      switch self {
      case .attestationDenied: "see the trace"
      case .buildRefused, .planRefused: "update the app or register the build"
      case .notRegistered: "register app and audience"
      case .requestRefused: "look up its problem"
      case .redirectRefused: "update the URL"
      case .serviceOutdated: "update the service"
      case .sdkOutdated: "update the app"
      case .authorizationPresent: "send it without Authorization"
      case .closed: "create a client"
      case .network, .timeout, .responseInvalid, .serviceUnavailable, .rateLimited, .challengeStale,
        .measurementFailed, .keyStoreFailed, .evidenceFailed:
        nil
      }
    }
  }

  /// What went wrong.
  public let code: Code
  /// The error of the system, or of the plan reader.
  public let cause: (any Error)?
  /// Identifies the exchange to the operator of the service, and reveals nothing to anybody else.
  public let trace: String?
  /// The code of the problem document, if the service sent one.
  public let problem: String?
  /// Seconds that the service asks to wait.
  public let retryAfter: Double?
  /// What the user can do, where the operator lets the app say it.
  public let remedy: Remedy?

  init(
    _ code: Code, cause: (any Error)? = nil, trace: String? = nil, problem: String? = nil, retryAfter: Double? = nil,
    remedy: Remedy? = nil
  ) {
    self.code = code
    self.cause = cause
    self.trace = trace
    self.problem = problem
    self.retryAfter = retryAfter
    self.remedy = remedy
  }

  /// Whether the same call may succeed later without anyone changing anything.
  public var retryable: Bool { code.remedy == nil }

  /// Apple's own domain and code, if the system failed.
  public var platformError: PlatformError? { cause as? PlatformError }
}

extension AssayError: CustomStringConvertible {
  /// The code and its remedy. It contains no token, key, challenge or evidence.
  public var description: String {
    let cause = cause.map { " (\(causeCode ?? String(describing: type(of: $0))))" } ?? ""
    return "\(code.rawValue): \(code.remedy ?? "see cause, try again")\(cause)"
  }

  /// The cause's own code, if it has one that reveals nothing else.
  var causeCode: String? {
    switch cause {
    case let error as MeasurementError: error.code.rawValue
    case let error as PlatformError: "\(error.domain):\(error.code)"
    case let error as AppAttestUnsupported: "unsupported:\(error.place)"
    default: nil
    }
  }
}

/// A mistake of the caller, reported where it is made: an option or argument that is missing or wrong.
public struct AssayMisuse: Error, Sendable, Equatable, CustomStringConvertible {
  /// Name of the option or argument.
  public let option: String

  /// - Parameter option: name of the option or argument
  public init(_ option: String) {
    self.option = option
  }

  public var description: String { "\(option): missing or wrong" }
}

extension AssayError {
  /// Wraps `error` as the cause of one with `code`, or with `planRefused` if measuring refuses a plan, unless it is
  /// already one of ours.
  @inline(never) static func of(_ error: any Error, as code: Code) -> AssayError {
    if let error = error as? AssayError { return error }
    let isPlan = (error as? MeasurementError)?.code.isOfPlan ?? false
    return AssayError(isPlan ? .planRefused : code, cause: error)
  }
}
