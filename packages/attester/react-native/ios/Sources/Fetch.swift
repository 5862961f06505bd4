import Assay
import AssayCore
import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

private let ours = ["oauth-client-attestation", "dpop", "assay-status"]
/// Bytes of an answer: the bridge is not suited for more.
private let longest = 16 * 1024 * 1024

/// Characters allowed in a URL, some of them only in certain places.
private let unescaped = CharacterSet(charactersIn: "!"..."~").subtracting(CharacterSet(charactersIn: "\"<>^`{|}"))

/// `text` as the system sends it, if that is the URL of a protected API: the decision, the proof and the request all
/// use the same URL. Before iOS 17 Foundation accepts no URL that still needs escaping.
///
/// - Throws: ``AssayMisuse`` for a text that might be such a URL, but for which it is unclear how it would be sent
func protectedURL(_ text: String, _ client: AssayClient) throws -> (URL, audience: String)? {
  if let url = text.addingPercentEncoding(withAllowedCharacters: unescaped).flatMap(URL.init(string:)),
    let audience = client.audience(of: url.absoluteString)
  {
    return (url, audience)
  }
  if client.protects(text) { throw AssayMisuse("url") }
  return nil
}

/// Sends a request to a protected API by `URLSession`, which follows no redirect of it. `{ protected: false }` for another URL.
func fetched(_ assay: Assay, _ request: Request) async throws -> Request {
  guard let (url, _) = try protectedURL(try request.text("url"), assay.client) else { return Request(["protected": false]) }
  if request.flag("only") { return Request(["protected": true]) }
  var sent = URLRequest(url: url)
  sent.httpMethod = try request.text("method")
  for pair in request.members["headers"] as? [[String]] ?? [] where pair.count == 2 && !ours.contains(pair[0].lowercased()) {
    sent.addValue(pair[1], forHTTPHeaderField: pair[0])
  }
  if let body = try request.part("body") {
    sent.httpBody = body.optionalText("text").map { Data($0.utf8) } ?? body.optionalText("base64").flatMap { Data(base64Encoded: $0) }
  }
  do {
    let (data, response) = try await assay.data(for: sent)
    guard let response = response as? HTTPURLResponse, data.count <= longest else { throw URLError(.dataLengthExceedsMaximum) }
    var answer: [String: Any] = [
      "protected": true, "status": response.statusCode,
      "headers": response.allHeaderFields.map { ["\($0.key)", "\($0.value)"] },
    ]
    if let text = String(data: data, encoding: .utf8) { answer["text"] = text } else { answer["base64"] = data.base64EncodedString() }
    return Request(answer)
  } catch let error as URLError {
    return Request(["protected": true, "failed": "URLError \(error.errorCode)"])
  }
}
