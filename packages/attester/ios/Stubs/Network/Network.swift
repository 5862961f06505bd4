// A stand-in for what the SDK needs of Apple's Network, for Linux only. It reports nothing: there is no path to watch.
import Dispatch

public struct NWPath: Sendable {
  public enum Status: Sendable {
    case satisfied
    case unsatisfied
    case requiresConnection
  }

  public let status: Status
}

public final class NWPathMonitor: @unchecked Sendable {
  public var pathUpdateHandler: (@Sendable (NWPath) -> Void)?

  public init() {}
  public func start(queue: DispatchQueue) {}
  public func cancel() {}
}
