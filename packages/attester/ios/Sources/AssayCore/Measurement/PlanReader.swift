extension Plan {
  /// Reads a plan strictly: its bytes are exactly what `JSON.stringify` makes of the plan that is returned, so there are no
  /// other members, none twice, no other order, number form, space or escape. Nothing is read and no probe is asked before
  /// this has returned.
  ///
  /// - Throws: ``MeasurementError`` with `PLAN_TOO_LARGE`, `PLAN_VERSION`, `PLAN_MALFORMED`, `PLAN_BUDGET`
  public init(parsing bytes: Bytes) throws {
    try must(bytes.count <= PlanLimits.bytes, .planTooLarge)
    var scanner = PlanScanner(bytes: bytes)
    try must(!scanner.isOfOtherVersion, .planVersion)
    guard let plan = scanner.plan() else { throw MeasurementError(code: .planMalformed) }
    // Of the last character of the seed only four bits count: the others are zero.
    try must(plan.seedBytes.count == 32, .planMalformed)
    try plan.holdToLimits()
    self = plan
  }

  private func holdToLimits() throws {
    try must(epoch <= 0xffff_ffff, .planBudget)
    // Each image has a budget of its own.
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
      // Names are ASCII by the grammar, so that Swift's equality is that of bytes.
      try must(Set(names).count == names.count, .planMalformed)
    }
  }
}

/// Walks the bytes of a plan by its grammar. `nil` at the first byte that the grammar does not have there.
private struct PlanScanner {
  let bytes: Bytes
  private var at = 0

  init(bytes: Bytes) {
    self.bytes = bytes
  }

  /// A version that is a whole number other than 1.
  var isOfOtherVersion: Bool {
    let start = Array("{\"v\":".utf8)
    guard bytes.starts(with: start) else { return false }
    let version = bytes[start.count...].prefix { isWordByte($0) }
    guard let first = version.first, isDigit(first) else { return false }
    return !version.elementsEqual("1".utf8)
  }

  mutating func plan() -> Plan? {
    guard take("{\"v\":1,\"app\":"), let app = word(),
      take(",\"build\":"), let build = word(),
      take(",\"epoch\":"), let epoch = number(orZero: true),
      take(",\"seed\":"), let seed = word(), seed.utf8.count == 43, !seed.utf8.contains(where: { $0 == 0x2b || $0 == 0x2e }),
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

  private mutating func take(_ text: StaticString) -> Bool {
    let wanted = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    guard bytes[at...].starts(with: wanted) else { return false }
    at += wanted.count
    return true
  }

  /// 1 to 255 letters, digits, `_`, `.`, `+` and `-` in quotes.
  private mutating func word() -> String? {
    guard take("\"") else { return nil }
    let content = bytes[at...].prefix { isWordByte($0) || $0 == 0x2e || $0 == 0x2b || $0 == 0x2d }
    guard (1...255).contains(content.count) else { return nil }
    at = content.endIndex
    return take("\"") ? String(decoding: content, as: UTF8.self) : nil
  }

  private mutating func words() -> [String]? {
    guard take("[") else { return nil }
    var words: [String] = []
    if take("]") { return words }
    repeat {
      guard let word = word() else { return nil }
      words.append(word)
    } while take(",")
    return take("]") ? words : nil
  }

  /// Larger ones than any limit count as that: what is out of bounds is refused as such, and nothing overflows.
  private mutating func number(orZero admitsZero: Bool) -> Int? {
    let digits = bytes[at...].prefix(while: isDigit)
    guard let first = digits.first, first != 0x30 || (admitsZero && digits.count == 1) else { return nil }
    at = digits.endIndex
    return digits.count <= 12 ? digits.reduce(0) { $0 * 10 + Int($1) - 0x30 } : 1_000_000_000_000
  }

  private mutating func reads() -> [Read]? {
    guard take("[") else { return nil }
    var reads: [Read] = []
    repeat {
      guard let read = read() else { return nil }
      reads.append(read)
    } while take(",")
    return take("]") ? reads : nil
  }

  private mutating func read() -> Read? {
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
    text.utf8.count <= 32 && text.utf8.allSatisfy { isDigit($0) || (0x61...0x7a).contains($0) || $0 == 0x5f || $0 == 0x2d }
  }
}

private func isDigit(_ byte: UInt8) -> Bool {
  (0x30...0x39).contains(byte)
}

private func isWordByte(_ byte: UInt8) -> Bool {
  isDigit(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte) || byte == 0x5f
}
