/// Which segments of the registered image a plan measures.
public enum Coverage: String, Sendable {
  /// All segments, or only those that an engine executes.
  case image, scripts
}

/// One thing to read. `segment` counts the covered segments in name order, from 0. Where reading starts is not in the
/// plan: the challenge decides it, and a segment shorter than `length` is read whole.
public struct Read: Sendable, Equatable {
  /// `range`: one piece. `stride`: `count` pieces, each `step` bytes after the previous one, wrapping at the segment's
  /// end, folded in one step. `walk`: `count` pieces, folded one by one; what was read decides where the next one
  /// starts.
  public enum Operation: UInt8, Sendable {
    /// As the fold numbers them.
    case range = 1, stride = 2, walk = 3

    var name: String {
      switch self {
      case .range: "range"
      case .stride: "stride"
      case .walk: "walk"
      }
    }
  }

  /// How pieces are read.
  public let operation: Operation
  /// Number of the covered segment: 0 to 4,095.
  public let segment: Int
  /// Bytes of each piece: 1 to 4,096.
  public let length: Int
  /// Pieces: 1 to 64, and 1 for `range`.
  public let count: Int
  /// Bytes from one piece of a stride to the next: 1 to 2^31 - 1; 1 for others.
  public let step: Int
}

/// A measurement plan: what to read and to ask, and nothing that could loop or branch.
public final class Plan: Sendable {
  /// Name of the app.
  public let app: String
  /// Name of the build.
  public let build: String
  /// Below 2^32.
  public let epoch: Int
  /// Base64url of the 32 bytes that key the whole-code digest in this epoch.
  public let seed: String
  /// Which segments are covered.
  public let coverage: Coverage
  /// Set where the build has splits by ABI. Builds for iOS have none.
  public let abi: String?
  /// Reads of the main image: 1 to 64.
  public let reads: [Read]
  /// Reads of the second image: the text sections as they are in memory. `nil` if the plan asks for none.
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
