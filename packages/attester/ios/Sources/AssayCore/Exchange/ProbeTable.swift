/// The probes that an SDK declares, by name.
@AssayActor
final class ProbeTable {
  private let probes: [Probe]
  private let lifetime: Lifetime
  nonisolated let names: [String]

  /// Milliseconds that all probes of a plan together may take; late answers count as late.
  private let deadline = 2_000.0

  /// - Throws: ``AssayMisuse`` for two probes with one name, or a malformed name
  nonisolated init(_ probes: [Probe], _ lifetime: Lifetime) throws {
    var names: [String] = []
    for probe in probes {
      guard Self.isName(probe.name), !names.has(probe.name) else { throw AssayMisuse("probes") }
      names.append(probe.name)
    }
    self.probes = probes
    self.names = names
    self.lifetime = lifetime
  }

  private nonisolated static func isName(_ text: String) -> Bool {
    guard let first = text.utf8.first, ByteKind.lowerOrDigit.has(first) else { return false }
    return text.consists(of: 1...64, .lowerOrDigit, and: "._-")
  }

  /// Runs the named probes, all at once. A probe that throws counts as having answered `!threw`, one without a valid
  /// answer `!invalid`, a late one `!late`.
  ///
  /// - Parameter names: all of them declared, as `Plan.fits` makes sure
  func ask(_ names: [String]) async -> [AnsweredProbe] {
    var asked: [Task<AnsweredProbe, Never>] = []
    for name in names {
      for probe in probes where probe.name.isSame(as: name) { asked.append(Task { await answer(of: probe) }) }
    }
    var answers: [AnsweredProbe] = []
    for task in asked { answers.append(await task.value) }
    return answers
  }

  private func answer(of probe: Probe) async -> AnsweredProbe {
    do {
      return AnsweredProbe(probe.name, try await lifetime.within(deadline) { try await probe.ask().held.json })
    } catch let error as AssayError where error.code == .timeout || error.code == .closed {
      return AnsweredProbe(probe.name, .text("!late"))
    } catch {
      return AnsweredProbe(probe.name, .text("!threw"))
    }
  }
}
