import Foundation

// What the recipe for web views uses of WebKit. Nothing runs it.

public final class WKSecurityOrigin: NSObject {
  public let `protocol` = ""
  public let host = ""
  public let port = 0
}

public final class WKFrameInfo: NSObject {
  public let isMainFrame = false
  public let securityOrigin = WKSecurityOrigin()
}

public final class WKScriptMessage: NSObject {
  public let body: Any = ""
  public let frameInfo = WKFrameInfo()
}

public final class WKContentWorld: NSObject, Sendable {
  public static let page = WKContentWorld()
}

@MainActor
public protocol WKScriptMessageHandlerWithReply: NSObjectProtocol {
  func userContentController(_ controller: WKUserContentController, didReceive message: WKScriptMessage) async -> (Any?, String?)
}

@MainActor
public final class WKUserContentController: NSObject {
  public func addScriptMessageHandler(_ handler: any WKScriptMessageHandlerWithReply, contentWorld: WKContentWorld, name: String) {}
}
