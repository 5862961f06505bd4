import Assay
import Foundation
import WebKit

/// Hands token and proof to the pages of registered origins in a web view, as `@assay/client/web-view` asks for them:
/// `configuration.userContentController.addScriptMessageHandler(bridge, contentWorld: .page, name: "assay")`.
final class WebViewBridge: NSObject, WKScriptMessageHandlerWithReply {
  private let assay: Assay
  private let audiences: [String: Set<String>]

  /// - Parameter audiences: which APIs of the configuration the pages of an origin may call: such as `https://shop.example.com`, to audiences
  init(_ assay: Assay, audiences: [String: Set<String>]) {
    precondition(!audiences.isEmpty && audiences.values.allSatisfy { !$0.isEmpty && $0.isSubset(of: assay.client.audiences) })
    self.assay = assay
    self.audiences = audiences
  }

  func userContentController(_ controller: WKUserContentController, didReceive message: WKScriptMessage) async -> (Any?, String?) {
    // Every frame reaches the handler: only the main frame of a registered origin is answered.
    let origin = message.frameInfo.securityOrigin
    let port = origin.port == 0 ? "" : ":\(origin.port)"
    guard message.frameInfo.isMainFrame, let granted = audiences["\(origin.protocol)://\(origin.host)\(port)"] else { return (nil, "refused") }
    guard let text = message.body as? String, text.utf8.count <= 65_536,
      let asked = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    else { return (nil, "malformed") }
    if let url = asked["learn"] as? String, let nonce = asked["nonce"] as? String {
      if isGranted(url, granted) { await keep(nonce, from: url) }
      return ("{}", nil)
    }
    guard let id = asked["id"] as? Int, let method = asked["method"] as? String, let url = asked["url"] as? String else { return (nil, "malformed") }
    // For the API of another page this one learns no more than for what is not protected.
    return (answer(id, isGranted(url, granted) ? await fields(method, url, asked) : ["error": "url"]), nil)
  }

  private func isGranted(_ url: String, _ granted: Set<String>) -> Bool {
    assay.client.audience(of: url).map(granted.contains) ?? false
  }

  private func fields(_ method: String, _ url: String, _ asked: [String: Any]) async -> [String: Any] {
    do {
      let request = ProofRequest(method: method, url: url, authorization: asked["authorization"] as? String)
      let fields = try await assay.client.fields(for: request, otherThan: asked["unwanted"] as? String)
      return ["headers": Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0.value) })]
    } catch let error as AssayError {
      var told: [String: Any] = ["error": error.code.rawValue, "trace": error.trace ?? ""]
      if let remedy = error.remedy { told["remedy"] = ["kind": remedy.kind.rawValue] }
      return told
    } catch is AssayMisuse {
      return ["error": "url"]
    } catch {
      // A malfunction without a code: the page may ask again.
      return [:]
    }
  }

  private nonisolated func keep(_ nonce: String, from url: String) async {
    await assay.client.learn(from: url) { $0 == "DPoP-Nonce" ? nonce : nil }
  }

  private func answer(_ id: Int, _ members: [String: Any]) -> String {
    let answer = members.merging(["id": id]) { $1 }
    return (try? JSONSerialization.data(withJSONObject: answer)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }
}
