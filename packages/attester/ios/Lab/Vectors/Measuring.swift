import AssayFakes

@testable import AssayCore

private let crypto = LabCryptography()

/// The bytes that a case gives a segment, or the noise that it names.
private func content(_ segment: JSON, orZeros: Bool = false) -> Bytes {
  if let text = segment.string("bytes") { return Base64url.decode(text)! }
  guard case .integer(let length)? = segment.member("length") else { fatalError("a segment has no length") }
  guard let noise = segment.string("noise") else { return Bytes(repeating: 0, count: Int(length)) }
  var bytes = Bytes()
  var block = 0
  while bytes.count < length {
    bytes += crypto.sha256(Array("\(noise) \(block)".utf8))
    block += 1
  }
  return Array(bytes.prefix(Int(length)))
}

private func kind(_ segment: JSON) -> SegmentKind {
  SegmentKind(rawValue: segment.string("kind")!)!
}

func memoryImage(_ segments: [JSON]) -> MemoryImage {
  MemoryImage(segments.map { ($0.string("name")!, kind($0), content($0)) })
}

/// Segments of which nobody reads the bytes.
private struct NamedImage: CodeImage {
  let segments: [Segment]

  init(_ segments: [JSON]) {
    self.segments = segments.map { segment in
      guard case .integer(let length)? = segment.member("length") else { fatalError("a segment has no length") }
      return Segment(name: segment.string("name")!, kind: kind(segment), length: Int(length))
    }
  }

  func withBytes(of index: Int, at offset: Int, length: Int, _ body: (UnsafeRawBufferPointer) -> Void) throws {
    fatalError("nothing is read here")
  }
}

func answerCodeSegments(_ input: Input) throws -> JSON {
  guard let kind = SegmentRule.kind(of: input.text("path"), head: try input.bytes("head")) else {
    throw Refusal(code: "NO_SEGMENT")
  }
  return .text(kind.rawValue)
}

/// Read in pieces of odd sizes, as a plan reads them.
func answerResourceFolders(_ input: Input) throws -> JSON {
  var folders: [String: [ResourceFile]] = [:]
  var names: [String] = []
  for file in input.list("files") {
    let path = file.string("path")!
    guard let name = ResourceFolder.name(of: path) else { continue }
    let bytes = content(file)
    if folders[name] == nil { names.append(name) }
    folders[name, default: []].append(ResourceFile(path: path, length: bytes.count) { body in bytes.withUnsafeBytes(body) })
  }
  if names.isEmpty { throw Refusal(code: "NO_SEGMENT") }
  return .array(
    try names.map { name in
      let folder = ResourceFolder(folders[name]!)
      var bytes = Bytes()
      while bytes.count < folder.length {
        try folder.withBytes(at: bytes.count, length: min(7, folder.length - bytes.count)) { bytes += $0 }
      }
      return .object([.init("name", .text(name)), .init("sha256", .text(hexText(crypto.sha256(bytes))))])
    })
}

func answerPlans(_ input: Input) throws -> JSON {
  let bytes = try input.bytes("plan")
  let plan = try Plan.parse(bytes)
  let expected = Plan.Expectation(
    app: input.text("app"), build: input.text("build"), abi: input.has("abi") ? input.text("abi") : nil, probes: input.texts("probes"),
    exercises: input.texts("exercises"))
  try plan.fits(NamedImage(input.list("segments")), expected)
  _ = try FoldInput(plan: plan, planBytes: bytes, challenge: input.bytes("challenge"), crypto: crypto)
  return JSON.read(Array(plan.written.utf8))!
}

func answerImages(_ input: Input) throws -> JSON {
  switch input.text("op") {
  case "digest":
    let coverage = Coverage(rawValue: input.text("coverage"))!
    let digest = try ImageDigest(
      of: memoryImage(input.list("segments")), coverage: coverage, seed: input.bytes("seed"), crypto: crypto)
    return .object([
      .init("image", .text(Base64url.encode(digest.image))),
      .init(
        "segments",
        .array(
          digest.parts.map {
            .object([.init("name", .text($0.name)), .init("digest", .text(Base64url.encode($0.digest)))])
          })),
    ])
  case "head":
    let segment = Segment(name: input.text("name"), kind: .dex, length: input.number("length"))
    return .text(hexText(ImageDigest.head(of: segment, seed: try input.bytes("seed"))))
  case "order":
    let image = NamedImage(input.list("segments"))
    return .array(
      try image.coveredSegments(Coverage(rawValue: input.text("coverage"))!).map { .text(image.segments[$0].name) })
  case "shape":
    return NamedImage(input.list("segments")).shape(crypto).map { .text($0) } ?? .null
  default: throw Refusal(code: "UNKNOWN_OP")
  }
}

func answerFolds(_ input: Input) throws -> JSON {
  let operation = input.has("op") ? input.text("op") : ""
  if operation == "start" {
    return .integer(Int64(foldStart(input.hex("chain"), places: input.number("places"))))
  }
  let bytes = try input.bytes("plan")
  let plan = try Plan.parse(bytes)
  let image = memoryImage(input.list("segments"))
  if operation == "text" {
    let fold = try FoldInput(plan: plan, planBytes: bytes, challenge: input.bytes("challenge"), crypto: crypto)
    guard let reads = plan.text, let (digest, measured) = try fold.measureText(image, reads, nil, plan.seedBytes) else {
      throw Refusal(code: "PLAN_SEGMENT")
    }
    return told(digest, measured)
  }
  try plan.fits(image, Plan.Expectation(app: plan.app, build: plan.build, abi: plan.abi, probes: plan.probes))
  let fold = try FoldInput(plan: plan, planBytes: bytes, challenge: input.bytes("challenge"), crypto: crypto)
  let digest = try ImageDigest(of: image, coverage: plan.coverage, seed: plan.seedBytes, crypto: crypto)
  return told(digest, try fold.measure(image, digest, probes: try answers(input.list("probes"))))
}

private func told(_ digest: ImageDigest, _ measured: MeasurementResponse) -> JSON {
  .object([
    .init("image", .text(Base64url.encode(digest.image))),
    .init("response", .text(Base64url.encode(measured.response))),
    .init("tags", .array(measured.tags.map { .array([.text($0.name), .text(Base64url.encode($0.tag))]) })),
  ])
}
