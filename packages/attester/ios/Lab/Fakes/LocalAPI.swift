import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// An API on a port of this machine, for what a played network cannot do: Linux downloads over sockets only.
public final class LocalAPI: @unchecked Sendable {
  private let lock = NSLock()
  private let listener: Int32
  private var heads: [String] = []
  public let url: URL

  /// An answer that never comes.
  public static let silence = ""

  /// What came until now: request lines and fields.
  public var requests: [String] { lock.withLock { heads } }

  /// - Parameter answers: status line, fields and body of each answer, as they are on the wire
  public init(_ answers: [String]) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        precondition(bind(listener, $0, length) == 0 && listen(listener, 8) == 0 && getsockname(listener, $0, &length) == 0)
      }
    }
    self.listener = listener
    url = URL(string: "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))")!
    Thread.detachNewThread { [self] in answers.forEach(serve) }
  }

  deinit {
    close(listener)
  }

  private func serve(_ answer: String) {
    let connection = accept(listener, nil, nil)
    defer { close(connection) }
    var head = Data()
    var buffer = [UInt8](repeating: 0, count: 4096)
    while head.range(of: Data("\r\n\r\n".utf8)) == nil {
      let count = read(connection, &buffer, buffer.count)
      guard count > 0 else { break }
      head.append(contentsOf: buffer[..<count])
    }
    lock.withLock { heads.append(String(decoding: head, as: UTF8.self)) }
    // Until the other side closes.
    if answer == Self.silence { while read(connection, &buffer, buffer.count) > 0 {} }
    let bytes = Array(answer.utf8)
    _ = write(connection, bytes, bytes.count)
  }
}
