import Alamofire
import Assay
import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

struct AssayInterceptor: RequestInterceptor {
  let assay: Assay

  func adapt(
    _ request: URLRequest, for session: Session, completion: @escaping @Sendable (Result<URLRequest, any Error>) -> Void
  ) {
    Task {
      var signed = request
      do { try await assay.sign(&signed); completion(.success(signed)) } catch { completion(.failure(error)) }
    }
  }
}

func protectedSession(_ assay: Assay) -> Session {
  Session(interceptor: AssayInterceptor(assay: assay), redirectHandler: Redirector.doNotFollow)
}
