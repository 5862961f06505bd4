/// Platform evidence for one exchange, complete except for the commitment.
final class Collectable: Sendable {
  let purpose: EvidencePurpose
  private let pieces: [PreparedEvidence]

  private init(_ purpose: EvidencePurpose, _ pieces: [PreparedEvidence]) {
    self.purpose = purpose
    self.pieces = pieces
  }

  /// The kinds of evidence, in order.
  var formats: [String] { pieces.map(\.format) }

  /// Asks all sources, one after the other, and keeps their order.
  ///
  /// - Throws: ``AssayError`` with `evidenceFailed`
  static func prepare(_ purpose: EvidencePurpose, _ sources: [any EvidenceSource]) async throws -> Collectable {
    var pieces: [PreparedEvidence] = []
    do {
      for source in sources {
        if let piece = try await source.prepare(purpose) { pieces.append(piece) }
      }
    } catch {
      throw failure(error, purpose)
    }
    return Collectable(purpose, pieces)
  }

  /// Evidence that commits to `binding`, one after the other, because assertions count.
  ///
  /// - Throws: ``AssayError`` with `evidenceFailed`
  func collect(_ binding: String) async throws -> [JSON] {
    var items: [JSON] = []
    do {
      for piece in pieces {
        items.append(.object([.init("format", .text(piece.format))] + (try await piece.collect(binding))))
      }
    } catch {
      throw Self.failure(error, purpose)
    }
    return items
  }

  /// A source that fails at a refresh has nothing to refresh: an enrolment may cure this, as when the service asks for
  /// one.
  private static func failure(_ cause: any Error, _ purpose: EvidencePurpose) -> AssayError {
    AssayError(.evidenceFailed, cause: cause, problem: purpose == .refresh ? "enrolment_required" : nil)
  }
}
