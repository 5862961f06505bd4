/// The limits of what a plan may ask for: the same numbers on every platform.
enum PlanLimits {
  /// Bytes of a plan.
  static let bytes = 16_384
  /// Covered segments of an image.
  static let segments = 4_096
  /// Of each image.
  static let reads = 64
  /// Pieces that one stride or walk reads.
  static let pieces = 64
  /// Bytes that all reads of one image fold together.
  static let folded = 131_072
  /// Bytes of one piece.
  static let piece = 4_096
  /// Bytes from one piece of a stride to the next.
  static let step = 0x7fff_ffff
  /// Probes, functions shown and exercises, each.
  static let names = 64
}
