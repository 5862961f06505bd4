/// Platform evidence for one exchange, of which only the commitment is missing.
struct Collectable: Sendable {
  let purpose: EvidencePurpose
  let pieces: [PreparedEvidence]

  /// Asks all sources, one after the other, and keeps their order.
  ///
  /// - Throws: ``AssayError`` with `evidenceFailed`
  static func prepare(_ purpose: EvidencePurpose, _ sources: [any EvidenceSource]) async throws -> Collectable {
    try await collecting(purpose) {
      var pieces: [PreparedEvidence] = []
      for source in sources {
        if let piece = try await source.prepare(purpose) { pieces.append(piece) }
      }
      return Collectable(purpose: purpose, pieces: pieces)
    }
  }

  /// Evidence that commits to `binding`, one after the other, because assertions count.
  ///
  /// - Throws: ``AssayError`` with `evidenceFailed`
  func collect(_ binding: String) async throws -> [JSON] {
    try await Self.collecting(purpose) {
      var items: [JSON] = []
      for piece in pieces {
        items.append(.object([.init("format", .text(piece.format))] + (try await piece.collect(binding))))
      }
      return items
    }
  }

  /// A source that fails at a refresh has nothing to refresh: as when the service says so, an enrolment may cure it.
  private static func collecting<T: Sendable>(
    _ purpose: EvidencePurpose, _ work: () async throws -> T
  ) async throws -> T {
    do {
      return try await work()
    } catch {
      throw AssayError(.evidenceFailed, cause: error, problem: purpose == .refresh ? "enrolment_required" : nil)
    }
  }
}
