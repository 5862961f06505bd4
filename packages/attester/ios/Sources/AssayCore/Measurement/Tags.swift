/// Shows whether one segment is as registered; 8 bytes. Tags show the operator what differs; they decide nothing.
public struct Tag: Sendable, Equatable {
  /// Name of the segment.
  public let name: String
  /// 8 bytes.
  public let tag: Bytes
}

extension ImageDigest {
  /// HMAC(D, label ‖ challenge) truncated to 8 bytes for each covered segment in name order, as many as fit into client
  /// data.
  func tags(challenge: Bytes, crypto: any Cryptography) -> [Tag] {
    // Bytes that names and tags may take up in client data, as JSON.
    var left = 24_576
    var tags: [Tag] = []
    for part in parts {
      // Besides the quoted name: colon, comma, quotes and eleven base64url characters.
      left -= JSON.text(part.name).bytes.count + 15
      guard left >= 0 else { break }
      let mac = crypto.hmacSHA256(key: part.digest, Label.tag.bytes + challenge)
      tags.append(Tag(name: part.name, tag: Array(mac.prefix(8))))
    }
    return tags
  }
}
