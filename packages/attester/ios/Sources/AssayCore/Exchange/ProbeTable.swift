/// The probes that an SDK declares, by name.
@AssayActor
final class ProbeTable {
  private let table: [String: Probe]
  private let lifetime: Lifetime
  nonisolated let names: [String]

  /// Milliseconds that all probes of a plan together may take; what is late counts as that.
  private let deadline = 2_000.0

  /// - Throws: ``AssayMisuse`` for two probes of one name, or a malformed name
  nonisolated init(_ probes: [Probe], _ lifetime: Lifetime) throws {
    guard probes.allSatisfy({ Self.isName($0.name) }) else { throw AssayMisuse("probes") }
    table = Dictionary(probes.map { ($0.name, $0) }) { first, _ in first }
    guard table.count == probes.count else { throw AssayMisuse("probes") }
    names = probes.map(\.name)
    self.lifetime = lifetime
  }

  private nonisolated static func isName(_ text: String) -> Bool {
    let isPlain = { (byte: UInt8) in (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte) }
    guard (1...64).contains(text.utf8.count), let first = text.utf8.first, isPlain(first) else { return false }
    return text.utf8.allSatisfy { isPlain($0) || $0 == 0x2e || $0 == 0x5f || $0 == 0x2d }
  }

  /// Asks the named probes, all at once. One that throws is taken to have answered `!threw`, one that gives what is no answer
  /// `!invalid`, one that is late `!late`.
  ///
  /// - Parameter names: all of them declared, as `Plan.fits` makes sure
  func ask(_ names: [String]) async throws -> [AnsweredProbe] {
    let asked = names.compactMap { name in
      table[name].map { probe in (name, Task { await self.answer(of: probe) }) }
    }
    var answers: [AnsweredProbe] = []
    for (name, task) in asked { answers.append(AnsweredProbe(name: name, answer: await task.value)) }
    return answers
  }

  private func answer(of probe: Probe) async -> ProbeAnswer {
    do {
      return try await lifetime.within(deadline) { try await probe.ask().held }
    } catch let error as AssayError where error.code == .timeout || error.code == .closed {
      return .text("!late")
    } catch {
      return .text("!threw")
    }
  }
}
