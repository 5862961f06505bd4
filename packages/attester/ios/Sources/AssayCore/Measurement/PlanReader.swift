extension Plan {
  /// Reads a plan strictly: its bytes are exactly the `JSON.stringify` of the returned plan, so there are no other or
  /// duplicate members, and no other order, number form, space or escape. Nothing is read and no probe is asked before
  /// this has returned.
  ///
  /// - Throws: ``MeasurementError`` with `PLAN_TOO_LARGE`, `PLAN_VERSION`, `PLAN_MALFORMED`, `PLAN_BUDGET`
  public static func parse(_ bytes: Bytes) throws -> Plan {
    try must(bytes.count <= PlanLimits.bytes, .planTooLarge)
    var scanner = PlanScanner(bytes: bytes)
    try must(!scanner.isOfOtherVersion, .planVersion)
    guard let plan = scanner.plan() else { throw MeasurementError(code: .planMalformed) }
    // Only four bits of the last character of the seed count: the others are zero.
    try must(plan.seedBytes.count == 32, .planMalformed)
    try plan.holdToLimits()
    return plan
  }

  private func holdToLimits() throws {
    try must(epoch <= 0xffff_ffff, .planBudget)
    // Each image has its own budget.
    for reads in [reads, text ?? []] {
      var left = PlanLimits.folded
      for read in reads {
        let isBounded =
          read.segment < PlanLimits.segments && read.length <= PlanLimits.piece && read.count <= PlanLimits.pieces
          && read.step <= PlanLimits.step
        try must(isBounded, .planBudget)
        left -= read.length * read.count
      }
      try must(left >= 0 && reads.count <= PlanLimits.reads, .planBudget)
    }
    for names in [show, run, probes] {
      try must(names.count <= PlanLimits.names, .planBudget)
      for index in names.indices { try must(!Array(names[..<index]).has(names[index]), .planMalformed) }
    }
  }
}

/// Walks the bytes of a plan by its grammar. `nil` at the first byte that the grammar does not allow there.
private struct PlanScanner {
  let bytes: Bytes
  private var at = 0

  init(bytes: Bytes) {
    self.bytes = bytes
  }

  /// A version that is a whole number other than 1.
  var isOfOtherVersion: Bool {
    guard stands("{\"v\":", in: bytes, at: 0) else { return false }
    let start = 5
    let version = bytes.text(start..<runEnd(in: bytes, from: start, .word))
    guard let first = version.utf8.first, ByteKind.digit.has(first) else { return false }
    return !version.isSame(as: "1")
  }

  mutating func plan() -> Plan? {
    guard take("{\"v\":1,\"app\":"), let app = word(),
      take(",\"build\":"), let build = word(),
      take(",\"epoch\":"), let epoch = number(orZero: true),
      take(",\"seed\":"), let seed = word(), seed.consists(of: 43...43, .word, and: "-"),
      take(",\"coverage\":"), let coverage = word().flatMap(Coverage.init(rawValue:))
    else { return nil }
    var abi: String?
    if take(",\"abi\":") {
      guard let found = word(), isABI(found) else { return nil }
      abi = found
    }
    guard take(",\"reads\":"), let reads = reads() else { return nil }
    var text: [Read]?
    if take(",\"text\":{\"reads\":") {
      guard let found = self.reads(), take("}") else { return nil }
      text = found
    }
    guard take(",\"live\":{\"show\":"), let show = words(), take(",\"run\":"), let run = words(),
      take("},\"probes\":"), let probes = words(), take("}"), at == bytes.count
    else { return nil }
    return Plan(
      app: app, build: build, epoch: epoch, seed: seed, coverage: coverage, abi: abi, reads: reads, text: text,
      show: show, run: run, probes: probes)
  }

  @inline(never) private mutating func take(_ text: StaticString) -> Bool {
    guard stands(text, in: bytes, at: at) else { return false }
    at += text.utf8CodeUnitCount
    return true
  }

  /// 1 to 255 letters, digits, `_`, `.`, `+` and `-` in quotes.
  @inline(never) private mutating func word() -> String? {
    guard take("\"") else { return nil }
    let start = at
    at = runEnd(in: bytes, from: start, .word, and: ".+-")
    guard (1...255).contains(at - start) else { return nil }
    let word = bytes.text(start..<at)
    return take("\"") ? word : nil
  }

  @inline(never) private mutating func words() -> [String]? {
    guard take("[") else { return nil }
    var words: [String] = []
    if take("]") { return words }
    repeat {
      guard let word = word() else { return nil }
      words.append(word)
    } while take(",")
    return take("]") ? words : nil
  }

  /// Numbers beyond every limit are clamped: they are refused as out of bounds, and nothing overflows.
  @inline(never) private mutating func number(orZero admitsZero: Bool) -> Int? {
    let (start, after) = (at, runEnd(in: bytes, from: at, .digit))
    guard after > start, bytes[start] != 0x30 || (admitsZero && after == start + 1) else { return nil }
    at = after
    var number = 0
    for byte in bytes[start..<min(after, start + 12)] { number = number * 10 + Int(byte) - 0x30 }
    return after - start <= 12 ? number : 1_000_000_000_000
  }

  @inline(never) private mutating func reads() -> [Read]? {
    guard take("[") else { return nil }
    var reads: [Read] = []
    repeat {
      guard let read = read() else { return nil }
      reads.append(read)
    } while take(",")
    return take("]") ? reads : nil
  }

  @inline(never) private mutating func read() -> Read? {
    let operation: Read.Operation
    if take("{\"op\":\"range\"") { operation = .range }
    else if take("{\"op\":\"walk\"") { operation = .walk }
    else if take("{\"op\":\"stride\"") { operation = .stride }
    else { return nil }
    guard take(",\"segment\":"), let segment = number(orZero: true),
      take(",\"length\":"), let length = number(orZero: false)
    else { return nil }
    var (count, step) = (1, 1)
    if operation != .range {
      guard take(",\"count\":"), let found = number(orZero: false) else { return nil }
      count = found
    }
    if operation == .stride {
      guard take(",\"step\":"), let found = number(orZero: false) else { return nil }
      step = found
    }
    return take("}") ? Read(operation: operation, segment: segment, length: length, count: count, step: step) : nil
  }

  private func isABI(_ text: String) -> Bool {
    text.consists(of: 0...32, .lowerOrDigit, and: "_-")
  }
}
