import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

// The names of Alamofire 5 that the recipe of docs/guides/ios.md uses, with the signatures of its sources, so that the compiler looks at
// the recipe on Linux. It sends nothing.

public final class Session: Sendable {
  public init(interceptor: (any RequestInterceptor)? = nil, redirectHandler: (any RedirectHandler)? = nil) {}
}

public protocol RequestInterceptor: Sendable {
  func adapt(
    _ urlRequest: URLRequest, for session: Session,
    completion: @escaping @Sendable (_ result: Result<URLRequest, any Error>) -> Void)
}

public protocol RedirectHandler: Sendable {}

public struct Redirector: RedirectHandler {
  public static let doNotFollow = Redirector()
}
