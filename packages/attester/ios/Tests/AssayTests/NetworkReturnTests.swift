import AssayFakes
import Foundation
import Testing

@testable import Assay

/// A network that the test plays.
private final class PlayedNetwork: NetworkWatch, @unchecked Sendable {
  private(set) var report: (@Sendable (Bool) -> Void)?
  private(set) var isCancelled = false

  func start(_ report: @escaping @Sendable (Bool) -> Void) { self.report = report }
  func cancel() { isCancelled = true }
}

private final class Count: @unchecked Sendable {
  private let access = NSLock()
  private var value = 0
  var all: Int { access.withLock { value } }
  func add() { access.withLock { value += 1 } }
}

@Suite struct NetworkReturnTests {
  @Test(arguments: [
    ([true], 0), ([true, true], 0), ([false], 0), ([false, true], 1), ([true, false, false, true, true], 1),
    ([true, false, true, false, true], 2),
  ])
  func onlyANetworkThatIsBackIsReported(_ states: [Bool], _ wanted: Int) {
    let network = PlayedNetwork()
    let returns = Count()
    let watching = NetworkReturn(network) { returns.add() }
    withExtendedLifetime(watching) {
      for state in states { network.report?(state) }
      #expect(returns.all == wanted)
      #expect(!network.isCancelled)
    }
  }

  @Test func theWatchEndsWithItsOwner() {
    let network = PlayedNetwork()
    do {
      let watching = NetworkReturn(network) {}
      withExtendedLifetime(watching) {}
    }
    #expect(network.isCancelled)
  }

  @Test func anSDKWatchesTheNetworkAsLongAsItLives() throws {
    let network = PlayedNetwork()
    do {
      let assay = try Assay(configuration(), ports: .fake(FakeService()), network: network)
      withExtendedLifetime(assay) { #expect(network.report != nil && !network.isCancelled) }
    }
    #expect(network.isCancelled)
  }
}
