import AssayCore

/// An iPhone that has loaded one file.
private struct Loaded: Surroundings {
  let loadedImages: [String]
  let bundlePath = "/private/var/containers/Bundle/Application/0/Shop.app"
  let isTraced: Bool? = false
  let prologues: [(name: String, words: [UInt32])] = []
  let isSimulator = false
  let isOnMac = false
  func exists(_ path: String) -> Bool { false }
  func canWrite(_ path: String) -> Bool { false }
  func environment(_ name: String) -> String? { nil }
}

/// By the probe itself. That a library is foreign is another finding.
func answerToolNames(_ input: Input) async throws -> JSON {
  let around = Loaded(loadedImages: [input.text("path")])
  for probe in SystemProbes.all(around) where probe.name == "ios.injected" {
    if case .text(let found) = try await probe.ask(), found.hasPrefix("known") { return .text("known") }
  }
  throw Refusal(code: "NO_TOOL")
}
