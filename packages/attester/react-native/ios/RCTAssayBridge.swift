import AssayCore
import Foundation

// Never compiled here: there is no Objective-C on Linux. It decides nothing.
#if canImport(ObjectiveC)
  /// `AssayBridge` as Objective-C++ sees it.
  @objc(RCTAssayBridge) public final class RCTAssayBridge: NSObject {
    private let bridge: AssayBridge

    @objc public init(tell: @escaping @Sendable (String) -> Void) {
      bridge = AssayBridge(tell: tell)
    }

    @objc public func ask(
      _ method: String, _ request: String, source: URL?, answer: @escaping @Sendable (String) -> Void
    ) {
      Task { [bridge] in answer(await bridge.ask(method, request, from: source)) }
    }

    @objc public func tell(_ method: String, _ request: String) {
      bridge.tell(method, request)
    }

    @objc public func invalidate() {
      bridge.invalidate()
    }
  }
#endif
