/// Which segments of the registered image a plan measures.
public enum Coverage: String, Sendable {
  case image, scripts
}

/// One thing to read. `segment` counts the covered segments in name order, from 0. Where reading starts is not in the
/// plan: the challenge decides it, and a segment shorter than `length` is read whole.
public struct Read: Sendable, Equatable {
  /// `range`: one piece. `stride`: `count` pieces, each `step` bytes after the one before, round the segment's end, folded in
  /// one step. `walk`: `count` pieces, each folded by itself; what was read decides where the next one starts.
  public enum Operation: UInt8, Sendable {
    case range = 1, stride = 2, walk = 3

    var name: String {
      switch self {
      case .range: "range"
      case .stride: "stride"
      case .walk: "walk"
      }
    }
  }

  public let operation: Operation
  public let segment: Int
  public let length: Int
  public let count: Int
  public let step: Int
}

/// A measurement plan: what to read and to ask, and nothing that could loop or branch.
public final class Plan: Sendable {
  public let app: String
  public let build: String
  /// Below 2^32.
  public let epoch: Int
  /// Base64url of the 32 bytes that key the whole-code digest in this epoch.
  public let seed: String
  public let coverage: Coverage
  /// Set where the build has splits by ABI. Builds for iOS have none.
  public let abi: String?
  public let reads: [Read]
  /// Reads of the second image: the text sections as they are in memory. `nil` where the plan asks for none.
  public let text: [Read]?
  /// Functions whose source is compared: none of a native SDK.
  public let show: [String]
  /// Exercises to carry out on input that the challenge decides.
  public let run: [String]
  /// Probes to ask.
  public let probes: [String]

  init(
    app: String, build: String, epoch: Int, seed: String, coverage: Coverage, abi: String?, reads: [Read], text: [Read]?,
    show: [String], run: [String], probes: [String]
  ) {
    self.app = app
    self.build = build
    self.epoch = epoch
    self.seed = seed
    self.coverage = coverage
    self.abi = abi
    self.reads = reads
    self.text = text
    self.show = show
    self.run = run
    self.probes = probes
  }

  /// The seed as bytes: 32.
  var seedBytes: Bytes { Base64url.decode(seed) ?? [] }
}
