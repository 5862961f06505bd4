/// Functions that guard something, carried out on input that the challenge decides, with the service carrying out the same
/// ones. A patch that makes one of them wave things through changes the response.
enum Exercise: String, CaseIterable {
  /// How this plan is read unchanged, or with one of several faults.
  case refusal = "refusal.1"

  func carryOut(input: Bytes, plan: Plan) -> Bytes {
    switch self {
    case .refusal:
      do {
        return Array(try Plan.parse(plan.bytes(with: PlanFault.allCases[Int(input[0]) % PlanFault.allCases.count])).seed.utf8)
      } catch let error as MeasurementError {
        return Array(error.code.rawValue.utf8)
      } catch {
        return Array("!threw".utf8)
      }
    }
  }
}

/// What the exercise does to a plan, in the order that all SDKs share.
private enum PlanFault: CaseIterable {
  case none, version, reads, epoch, member
}

extension Plan {
  /// The plan's text: what was read, byte for byte.
  var written: String { String(decoding: bytes(with: .none), as: UTF8.self) }

  /// The bytes of this plan, or of its faulty version.
  fileprivate func bytes(with fault: PlanFault) -> Bytes {
    var members: [JSON.Member] = [
      .init("v", .integer(fault == .version ? 2 : 1)), .init("app", .text(app)), .init("build", .text(build)),
      .init("epoch", .integer(fault == .epoch ? 0x1_0000_0000 : Int64(epoch))), .init("seed", .text(seed)),
      .init("coverage", .text(coverage.rawValue)),
    ]
    if let abi { members.append(.init("abi", .text(abi))) }
    members.append(.init("reads", .array(fault == .reads ? [] : reads.map(\.json))))
    if let text { members.append(.init("text", .object([.init("reads", .array(text.map(\.json)))]))) }
    members += [
      .init("live", .object([.init("show", .array(show.map(JSON.text))), .init("run", .array(run.map(JSON.text)))])),
      .init("probes", .array(probes.map(JSON.text))),
    ]
    if fault == .member { members.append(.init("more", .integer(1))) }
    return JSON.object(members).bytes
  }
}

extension Read {
  fileprivate var json: JSON {
    var members: [JSON.Member] = [
      .init("op", .text(operation.name)), .init("segment", .integer(Int64(segment))), .init("length", .integer(Int64(length))),
    ]
    if operation != .range { members.append(.init("count", .integer(Int64(count)))) }
    if operation == .stride { members.append(.init("step", .integer(Int64(step)))) }
    return .object(members)
  }
}
