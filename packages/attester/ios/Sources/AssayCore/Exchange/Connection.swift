/// Both clocks at one moment, in milliseconds.
struct Reading: Sendable, Equatable {
  let monotonic: Double
  let wall: Double
}

extension DeviceClock {
  var reading: Reading { Reading(monotonic: monotonic(), wall: wall()) }
}

/// Sends a body to the service, byte for byte the same each time, until an endpoint gives an answer of the right form: each
/// endpoint up to three times, within 30 s.
@AssayActor
final class Connection {
  private let configuration: CheckedConfiguration
  private let ports: Ports
  private let lifetime: Lifetime
  private var current = 0

  private let rounds = 3.0
  private let longestTogether = 30_000.0
  /// A caller waits no longer between two attempts: three seconds as requested, and a random quarter; anything longer
  /// is left to the background.
  private let longestPause = 3_750.0

  nonisolated init(_ configuration: CheckedConfiguration, _ ports: Ports, _ lifetime: Lifetime) {
    self.configuration = configuration
    self.ports = ports
    self.lifetime = lifetime
  }

  /// The answer, which `isOfForm` has accepted, and when its request was sent.
  ///
  /// - Throws: ``AssayError`` at once if the service refused the request; after the last attempt for a malfunction
  func post(
    _ bytes: Bytes, to path: String, _ isOfForm: @escaping @Sendable (JSON) -> Bool
  ) async throws -> (answer: JSON, sentAt: Reading) {
    let begun = ports.clock.monotonic()
    var attempt = 1.0
    while true {
      let sentAt = ports.clock.reading
      do {
        return (try await send(bytes, to: path, isOfForm), sentAt)
      } catch let error as AssayError {
        // Malfunctions that may not occur at another endpoint or another time.
        switch error.code {
        case .network, .timeout, .serviceUnavailable, .responseInvalid: break
        default: throw error
        }
        current = (current + 1) % configuration.endpoints.count
        // Another endpoint is tried at once; the pause comes when all have failed.
        let round = attempt / Double(configuration.endpoints.count)
        let isWhole = round.rounded() == round
        let pause = isWhole ? backOff(failures: Int(round) - 1, error, chance: ports.chance()) : 0
        let isLate = ports.clock.monotonic() - begun + pause > longestTogether
        if round >= rounds || pause > longestPause || isLate { throw error }
        try await lifetime.sleep(pause)
      }
      attempt += 1
    }
  }

  private func send(_ body: Bytes, to path: String, _ isOfForm: @escaping @Sendable (JSON) -> Bool) async throws -> JSON {
    let (url, transport) = (configuration.endpoints[current] + path, ports.transport)
    do {
      return try await lifetime.within(configuration.given.requestTimeout) {
        let answer = try await transport.post(body, to: url)
        let content = JSON.read(answer.body)
        guard (200..<300).contains(answer.status) else { throw AssayError(refusal: answer, body: content) }
        // What is not JSON does not have the form of any answer.
        guard let content, isOfForm(content) else { throw AssayError(.responseInvalid) }
        return content
      }
    } catch {
      throw AssayError.of(error, as: .network)
    }
  }
}

extension Ports {
  /// At least 0, below 1.
  func chance() -> Double {
    Double(cryptography.random(1)[0]) / 256
  }
}
