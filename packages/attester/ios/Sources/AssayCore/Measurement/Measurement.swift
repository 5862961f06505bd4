/// Answer to a probe, as found: policy judges it, not the SDK.
public enum ProbeAnswer: Sendable, Equatable {
  /// A boolean.
  case boolean(Bool)
  /// A whole number from -(2^53 - 1) to 2^53 - 1.
  case integer(Int64)
  /// At most 256 UTF-16 units.
  case text(String)
}

/// The result of carrying out a plan over one image.
public struct MeasurementResponse: Sendable, Equatable {
  /// Final value of the fold: 32 bytes.
  public let response: Bytes
  /// In name order.
  public let tags: [Tag]
}

/// One probe and its answer, in the plan's order.
public struct AnsweredProbe: Sendable {
  /// Its name, and its answer in JSON: boolean, whole number or text.
  let member: JSON.Member

  /// - Parameter answer: within its bounds; see ``ProbeAnswer``
  public init(name: String, answer: ProbeAnswer) {
    self.init(name, answer.json)
  }

  init(_ name: String, _ answer: JSON) {
    member = JSON.Member(name, answer)
  }
}

extension Plan {
  /// What a plan must match besides the image.
  struct Expectation {
    let app: String
    let build: String
    /// Builds for iOS have none.
    var abi: String?
    /// Names of the declared probes.
    let probes: [String]
    /// Names of the exercises that can be carried out.
    var exercises: [String] = Exercise.allCases.map(\.rawValue)
  }

  /// Checks the plan against what is there, before anything is read.
  ///
  /// - Throws: ``MeasurementError`` with `PLAN_BUILD` for another app's or build's plan, or one of an ABI, `PLAN_SEGMENT` for a segment that the
  ///   image lacks, `PLAN_PROBE` for a probe that is not declared, `PLAN_FUNCTION` for a function to show, which a native SDK
  ///   does not have, or an unknown exercise; `IMAGE_EMPTY`, `IMAGE_SEGMENTS`
  func fits(_ image: any CodeImage, _ expected: Expectation) throws {
    try must(app.isSame(as: expected.app) && build.isSame(as: expected.build) && abi == expected.abi, .planBuild)
    let covered = try image.coveredSegments(coverage).count
    for read in reads { try must(read.segment < covered, .planSegment) }
    for name in probes { try must(expected.probes.has(name), .planProbe) }
    try must(show.isEmpty, .planFunction)
    for name in run { try must(expected.exercises.has(name), .planFunction) }
  }
}

extension FoldInput {
  /// Carries out the plan's reads and exercises over the main image. Check the plan against what is there first.
  func measure(
    _ image: any CodeImage, _ digest: ImageDigest, probes: [AnsweredProbe]
  ) throws -> MeasurementResponse {
    var fold = Fold(self, digest)
    try fold.carryOut(plan.reads, over: image, digest)
    try fold.carryOut(exercises: plan.run, of: plan)
    return MeasurementResponse(
      response: fold.response(conclusion(probes)), tags: digest.tags(challenge: challenge, crypto: crypto))
  }

  /// LP(probe answers) ‖ u32 0: what the response covers besides the reads. The answers are JSON in the canonical form of
  /// RFC 8785, pairs of name and answer in the plan's order. No functions are shown.
  private func conclusion(_ probes: [AnsweredProbe]) -> Bytes {
    let answers = JSON.array(probes.map { .array([.text($0.member.name), $0.member.value]) })
    return lengthPrefixed(answers.written) + bigEndian(UInt32(0))
  }
}

extension ProbeAnswer {
  /// The answer as it goes into client data: an invalid one becomes `!invalid`.
  var held: ProbeAnswer {
    switch self {
    case .boolean: self
    case .integer(let value): (-Self.largest...Self.largest).contains(value) ? self : .text("!invalid")
    case .text(let text): .cut(text)
    }
  }

  /// Largest whole number that every platform prints alike: 2^53 - 1.
  private static let largest: Int64 = 9_007_199_254_740_991

  /// Text is truncated to 256 UTF-16 units; a cut through a pair leaves U+FFFD, as in every SDK.
  static func cut(_ text: String) -> ProbeAnswer {
    guard text.utf16.count > 256 else { return .text(text) }
    return .text(String(decoding: text.utf16.prefix(256), as: UTF16.self))
  }

  var json: JSON {
    switch self {
    case .boolean(let value): .boolean(value)
    case .integer(let value): .integer(value)
    case .text(let text): .text(text)
    }
  }
}
