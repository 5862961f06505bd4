import AssayCore
import Foundation

/// A request from JavaScript, with any contents.
struct Request: @unchecked Sendable {
  let members: [String: Any]

  init(_ text: String) throws {
    guard let members = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] else {
      throw AssayMisuse("request")
    }
    self.members = members
  }

  init(_ members: [String: Any]) {
    self.members = members
  }

  var names: [String] { members.keys.sorted() }

  /// Equal for equal members, whatever the order in which they were written.
  var name: String { written(members) }

  func text(_ name: String) throws -> String {
    guard let text = optionalText(name) else { throw AssayMisuse(name) }
    return text
  }

  func optionalText(_ name: String) -> String? { members[name] as? String }

  func flag(_ name: String) -> Bool { members[name] as? Bool ?? false }

  func number(_ name: String) -> Double? { (members[name] as? NSNumber)?.doubleValue }

  /// - Throws: ``AssayMisuse`` for a value that is present but not an object
  func part(_ name: String) throws -> Request? {
    guard let value = members[name] else { return nil }
    guard let members = value as? [String: Any] else { throw AssayMisuse(name) }
    return Request(members)
  }
}

/// JSON with sorted members. A value without a JSON form is our own fault, and answered as one.
func written(_ members: [String: Any]) -> String {
  guard JSONSerialization.isValidJSONObject(members),
    let data = try? JSONSerialization.data(withJSONObject: members, options: [.sortedKeys])
  else { return #"{"error":{"code":"native_failed"}}"# }
  return String(decoding: data, as: UTF8.self)
}

/// What is reported about an error, in an answer or in an event.
func members(of error: any Error) -> [String: Any] {
  switch error {
  case let error as AssayError:
    var members: [String: Any] = ["code": error.code.rawValue]
    members["trace"] = error.trace
    members["problem"] = error.problem
    members["retryAfter"] = error.retryAfter
    members["vendorCode"] =
      error.platformError.map { "\($0.domain):\($0.code)" } ?? (error.cause as? AppAttestUnsupported).map { "unsupported:\($0.place)" }
    if let remedy = error.remedy {
      var told: [String: Any] = ["kind": remedy.kind.rawValue]
      told["typeCode"] = remedy.typeCode
      members["remedy"] = told
    }
    return members
  case let error as BridgeError: return ["code": error.code]
  // Its type only: its description may contain anything.
  default: return ["code": "native_failed", "vendorCode": String(describing: type(of: error))]
  }
}

func members(of event: AssayEvent) -> [String: Any] {
  var told: [String: Any] = ["name": event.name]
  switch event {
  case .token(let event), .refreshed(let event):
    told["audiences"] = event.audiences
    told["expiresIn"] = event.expiresIn
    told["trace"] = event.trace
    told["clockOffset"] = event.clockOffset
    told["source"] = event.source.rawValue
  case .refreshFailed(let error, let retryIn):
    told["error"] = members(of: error)
    told["retryIn"] = retryIn
  case .denied(let error): told["error"] = members(of: error)
  case .keyRenewed: break
  }
  return told
}
