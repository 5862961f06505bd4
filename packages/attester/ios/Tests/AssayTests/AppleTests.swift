import AssayFakes
import Foundation
import MachO
import Testing

@testable import Assay
@testable import AssayCore

/// Values in memory, which can fail on request.
final class MemoryStore: SecretStore, @unchecked Sendable {
  var values: [String: Bytes] = [:]
  var fault: PlatformError?

  func read(_ name: String) throws -> Bytes? {
    if let fault { throw fault }
    return values[name]
  }
  func write(_ value: Bytes, _ name: String) throws {
    if let fault { throw fault }
    values[name] = value
  }
  func delete(_ name: String) throws { values[name] = nil }
}

/// App Attest that fails as told.
final class PlayedAppAttest: AppAttestService, @unchecked Sendable {
  var isSupported = true
  var faults: [Int] = []
  var made = 0

  func generateKey() async throws -> String {
    made += 1
    return Data(repeating: UInt8(made), count: 32).base64EncodedString()
  }
  private func failing() throws {
    if !faults.isEmpty { throw PlatformError(domain: "com.apple.devicecheck.error", code: faults.removeFirst()) }
  }
  func attest(_ key: String, clientDataHash: Bytes) async throws -> Bytes {
    try failing()
    return [1, 2, 3]
  }
  func assert(_ key: String, clientDataHash: Bytes) async throws -> Bytes {
    try failing()
    return [4]
  }
}

@Suite struct AppAttestTests {
  private let service = PlayedAppAttest()
  private let store = MemoryStore()
  private var source: AppAttestSource { AppAttestSource(service, store, LabCryptography()) }

  private func enrol() async throws { _ = try await source.prepare(.enrolment)?.collect("b") }

  @Test func thirteenUpdatesAreOneInstallationThatEnrolsOnce() async throws {
    let (transport, keychain) = (FakeService(), MemoryStore())
    transport.wantsEvidence = true
    for version in 1...14 {
      var updated = configuration()
      updated.build = "\(version)"
      if version == 14 { updated.audiences["https://third.example"] = "third" }
      let keys = DeviceKeyStore(EnclaveKeys(), keychain)
      _ = try await AssayClient(updated, .fake(transport, keys: keys, evidence: [source])).token(for: "api")
    }
    let asked = try transport.challenges.map { try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]) }
    #expect(asked.map { $0["build"] as? String } == (1...14).map(String.init))
    #expect(asked.map { $0["purpose"] as? String } == ["enrolment"] + Array(repeating: "refresh", count: 13))
    #expect(Set(asked.map { $0["key"] as? String }).count == 1)
    #expect(service.made == 1)
  }

  @Test func aKeyThatAppleCouldNotAttestIsKept() async throws {
    service.faults = [4]
    await #expect(throws: PlatformError(domain: "com.apple.devicecheck.error", code: 4)) { try await enrol() }
    try await enrol()
    #expect(service.made == 1)
  }

  @Test func aKeyThatIsInvalidIsReplacedOnce() async throws {
    service.faults = [3]
    try await enrol()
    #expect(service.made == 2)
    service.faults = [3, 3]
    await #expect(throws: PlatformError.self) { try await enrol() }
  }

  @Test func aLostKeyCannotAssert() async throws {
    await #expect(throws: PlatformError.self) { _ = try await source.prepare(.refresh) }
    try await enrol()
    service.faults = [3]
    await #expect(throws: PlatformError.self) { _ = try await source.prepare(.refresh)?.collect("b") }
    #expect(store.values["app-attest"] == nil)
  }

  @Test(arguments: ["device", "simulator", "mac"])
  func whereItIsNotSupportedOneEnrolmentFailsByNameAndTheNextGoesWithout(_ device: String) async throws {
    service.isSupported = false
    let source = AppAttestSource(service, store, LabCryptography(), device: device)
    await #expect(throws: AppAttestUnsupported(place: device)) { _ = try await source.prepare(.enrolment) }
    for _ in 1...2 { #expect(try await source.prepare(.enrolment) == nil) }
    #expect(service.made == 0)
  }

  @Test func anInstallationThatIsEnrolledWithoutRefreshesWithout() async throws {
    service.isSupported = false
    #expect(try await source.prepare(.refresh) == nil)
  }

  @Test func anExtensionThatCallsItSupportedMakesNoKeyAllTheSame() async throws {
    let source = AppAttestSource(service, store, LabCryptography(), notIn: PlaceWithoutAppAttest("share-services"))
    await #expect(throws: AppAttestUnsupported(place: "share-services")) { _ = try await source.prepare(.enrolment) }
    #expect(try await source.prepare(.enrolment) == nil)
    #expect(service.made == 0)
  }

  @Test func anExtensionLeavesTheInstallationOfTheAppToTheApp() async throws {
    try await enrol()
    let source = AppAttestSource(service, store, LabCryptography(), notIn: PlaceWithoutAppAttest("ui-services", isShared: true))
    for purpose in [EvidencePurpose.enrolment, .refresh, .enrolment, .refresh] {
      await #expect(throws: AppAttestUnsupported(place: "ui-services")) { _ = try await source.prepare(purpose) }
    }
    #expect(service.made == 1)
    #expect(store.values["app-attest"] != nil)
  }

  @Test func theErrorNamesThePlaceAndTheServiceHearsOfIt() async throws {
    service.isSupported = false
    let (transport, device) = (FakeService(), source)
    transport.wantsEvidence = true
    let client = try AssayClient(configuration(), .fake(transport, evidence: [device]))
    let failed = try await #require(failure { try await client.token(for: "api") })
    #expect(failed.code == .evidenceFailed)
    #expect(failed.cause as? AppAttestUnsupported == AppAttestUnsupported(place: "device"))
    #expect(failed.description.hasSuffix("(unsupported:device)"))
    var reported = ReportedFailures()
    reported.add(failed)
    #expect(reported.codes == ["evidence_failed:unsupported:device"])
  }
}

/// What a call failed with.
func failure<T>(_ call: () async throws -> T) async -> AssayError? {
  do {
    _ = try await call()
    return nil
  } catch {
    return error as? AssayError
  }
}

/// Keys that fail as often as told, when they are opened and when they sign.
final class UnsteadyKeys: DeviceKeyMaker, @unchecked Sendable {
  let hasSecureEnclave = true
  var faults = 0
  private let inner = EnclaveKeys()

  private func unsteady(_ key: DeviceKey) -> DeviceKey {
    DeviceKey(publicKey: key.publicKey, blob: key.blob) { [self] data in
      try failing()
      return try key.sign(data)
    }
  }
  private func failing() throws {
    guard faults > 0 else { return }
    faults -= 1
    throw PlatformError(domain: "CryptoTokenKit", code: -2)
  }
  func make(_ keeping: DeviceKey.Keeping) throws -> DeviceKey { unsteady(try inner.make(.software)) }
  func open(_ blob: Bytes, _ keeping: DeviceKey.Keeping) throws -> DeviceKey {
    try failing()
    return unsteady(try inner.open(blob, .software))
  }
}

@Suite struct KeyTests {
  @Test func aFaultOfOneCallCostsNoKey() async throws {
    let (maker, store) = (UnsteadyKeys(), MemoryStore())
    let first = try await DeviceKeyStore(maker, store).open()
    maker.faults = 1
    let key = try await DeviceKeyStore(maker, store).open()
    #expect(key.publicKey == first.publicKey)
    maker.faults = 1
    #expect(try await key.sign([1]).count == 64)
    maker.faults = 2
    await #expect(throws: PlatformError.self) { _ = try await key.sign([1]) }
    maker.faults = 2
    await #expect(throws: PlatformError.self) { _ = try await DeviceKeyStore(maker, store).open() }
  }

  @Test func aKeychainThatCannotBeReadLosesNoKey() async throws {
    let store = MemoryStore()
    let keys = DeviceKeyStore(EnclaveKeys(), store)
    let first = try await keys.open().publicKey
    store.fault = PlatformError(domain: "NSOSStatusErrorDomain", code: -25308)
    await #expect(throws: PlatformError.self) { _ = try await keys.open() }
    await #expect(throws: PlatformError.self) { _ = try await keys.renew() }
    store.fault = nil
    #expect(try await keys.open().publicKey == first)
  }

  @Test func whetherItHasEnrolledIsKeptWithTheKey() async throws {
    let store = MemoryStore()
    let keys = DeviceKeyStore(EnclaveKeys(), store)
    let key = try await keys.open()
    #expect(await !keys.hasEnrolled(key))
    await keys.keepEnrolled(key)
    #expect(await DeviceKeyStore(EnclaveKeys(), store).hasEnrolled(key))
    #expect(await !keys.hasEnrolled(try await keys.renew()))
  }

  @Test func theKeychainKeepsUpdatesAndForgets() throws {
    let keychain = Keychain(service: "assay/test", accessGroup: nil)
    #expect(try keychain.read("a") == nil)
    try keychain.write([1], "a")
    try keychain.write([2], "a")
    #expect(try keychain.read("a") == [2])
    try keychain.delete("a")
    try keychain.delete("a")
    #expect(try keychain.read("a") == nil)
  }
}

@Suite struct InstallationTests {
  /// The key that a process of this bundle has, all over one keychain.
  private func key(_ identifier: String, group: String? = nil) async throws -> PublicKey {
    var configuration = configuration()
    configuration.app = "com.example.own"
    configuration.keychainAccessGroup = group
    return try await Ports.system(configuration, bundle: MainBundle(path: "/App.app", identifier: identifier)).keyStore.open().publicKey
  }

  @Test func anAppAndItsExtensionAreOneOnlyInAGroup() async throws {
    let app = try await key("com.example.own")
    #expect(try await key("com.example.own") == app)
    #expect(try await key("com.example.own.share") != app)
    let shared = try await key("com.example.own", group: "TEAM.shared")
    #expect(try await key("com.example.own.share", group: "TEAM.shared") == shared)
    #expect(shared != app)
  }

  @Test(arguments: [
    ("/S.app", nil, nil, nil), ("/S.app", nil, "TEAM.shared", nil), ("/S.app/AppClips/C.app", nil, nil, nil),
    ("/S.app/PlugIns/E.appex", "com.apple.share-services", nil, "share-services"), ("/S.app/PlugIns/E.appex", nil, nil, "extension"),
    ("/S.app/PlugIns/E.appex", "com.apple.ui-services", nil, nil), ("/S.app/PlugIns/E.appex", "com.apple.services", nil, nil),
    ("/S.app/PlugIns/E.appex", "com.apple.AppSSO.idp-extension", nil, nil),
    ("/S.app/PlugIns/E.appex", "com.apple.widgetkit-extension", nil, "widgetkit-extension"),
    ("/S.app/PlugIns/E.appex", "com.apple.ui-services", "TEAM.shared", "ui-services"),
  ])
  func onlyWhoCanAttestAsksAppAttest(_ path: String, _ point: String?, _ group: String?, _ refused: String?) async throws {
    var configuration = configuration()
    configuration.keychainAccessGroup = group
    let place = MainBundle(path: path, extensionPoint: point).placeWithoutAppAttest(configuration)
    #expect(place?.name == refused)
    #expect(place.map(\.isShared) ?? false == (refused != nil && group != nil))
    let ports = Ports.system(configuration, bundle: MainBundle(path: path, extensionPoint: point))
    // Linux has no App Attest either, so that every enrolment is refused, each by its name.
    await #expect(throws: AppAttestUnsupported(place: refused ?? "device")) { _ = try await ports.evidence[0].prepare(.enrolment) }
  }

  @Test(arguments: [
    ("/a/S.app", "/a/S.app"), ("/a/S.app/PlugIns/E.appex", "/a/S.app"), ("/a/S.app/Contents/PlugIns/E.appex", "/a/S.app"),
    ("/a/S.app/Watch/W.app/PlugIns/E.appex", "/a/S.app/Watch/W.app"), ("/a/S.app/AppClips/C.app", "/a/S.app/AppClips/C.app"),
    ("/a/E.appex", "/a/E.appex"),
  ])
  func anExtensionSpeaksForTheAppThatContainsIt(_ bundle: String, _ app: String) {
    #expect(MainBundle(path: bundle).appPath == app)
  }
}

struct PlayedSurroundings: Surroundings {
  var files: Set<String> = []
  var variables: [String: String] = [:]
  var isTraced: Bool? = false
  var loadedImages = ["/var/containers/Bundle/App.app/App", "/usr/lib/libSystem.B.dylib", "/System/Library/Frameworks/UIKit.framework/UIKit"]
  var bundlePath = "/var/containers/Bundle/App.app"
  var prologues: [(name: String, words: [UInt32])] = [("open", [0xd503_237f, 0xa9bf_7bfd, 0x9100_03fd, 0x1400_0001])]
  var isSimulator = false
  var isOnMac = false
  func exists(_ path: String) -> Bool { files.contains(path) }
  func canWrite(_ path: String) -> Bool { false }
  func environment(_ name: String) -> String? { variables[name] }
}

@Suite struct ProbeTests {
  private func answers(_ around: PlayedSurroundings) async throws -> [String: ProbeAnswer] {
    var all: [String: ProbeAnswer] = [:]
    for probe in SystemProbes.all(around) { all[probe.name] = try await probe.ask() }
    return all
  }

  @Test func aGenuinePhoneShowsNothing() async throws {
    let all = try await answers(PlayedSurroundings())
    #expect(all.count == 5)
    #expect(all.values.allSatisfy { $0 == .text("") })
  }

  @Test func eachFindsWhatItIsFor() async throws {
    var around = PlayedSurroundings()
    around.files = ["/var/jb"]
    around.isTraced = true
    around.loadedImages.append("/private/var/mobile/FridaGadget.dylib")
    around.variables = ["DYLD_INSERT_LIBRARIES": "x"]
    // ldr x16, #8; br x16
    around.prologues = [("open", [0x5800_0050, 0xd61f_0200, 0, 0])]
    around.isSimulator = true
    let all = try await answers(around)
    #expect(all["ios.jailbreak"] == .text("files"))
    #expect(all["ios.debugger"] == .text("traced"))
    #expect(all["ios.injected"] == .text("known,foreign,environment"))
    #expect(all["ios.hooks"] == .text("open"))
    #expect(all["ios.simulator"] == .text("build"))
  }

  @Test(arguments: [
    ("/var/containers/Bundle/App.app/Frameworks/FridaGadget.dylib", "known"), ("/System/Library/CydiaSubstrate", "known"),
    ("/var/containers/Bundle/App.app/Frameworks/GadgetKit.framework/GadgetKit", ""),
    ("/var/containers/Bundle/App.app/Frameworks/FridaGadget.dylib/Shop", ""), ("/System/Library/SubstrateSdk", ""), ("frida", "foreign"),
  ])
  func aToolIsFoundByItsWholeNameInAnyFolder(_ path: String, _ found: String) async throws {
    var around = PlayedSurroundings()
    around.loadedImages.append(path)
    #expect(try await answers(around)["ios.injected"] == .text(found))
  }

  @Test(arguments: [
    // adrp x16, page; add x16, x16, #8; br x16
    ([0x9000_0010, 0x9100_2210, 0xd61f_0200, 0], "open"), ([0xd420_0000, 0, 0, 0], "open"), ([0x1400_0004, 0, 0, 0], "open"),
    // Thunks of libdyld: adrp x16, page; ldr x16, [x16, #8]; (ldr x1, [x16];) br x16. With authentication: braa x16, x17.
    ([0x9000_0010, 0xf940_0610, 0xd61f_0200, 0], ""), ([0x9000_0010, 0xf940_0610, 0xf940_0201, 0xd61f_0200], ""),
    ([0x9000_0010, 0xf940_0610, 0xd71f_0a11, 0], ""),
  ] as [([UInt32], String)])
  func aThunkThatLoadsItsTargetIsNoHook(_ words: [UInt32], _ found: String) async throws {
    var around = PlayedSurroundings()
    around.prologues = [("open", words)]
    #expect(try await answers(around)["ios.hooks"] == .text(found))
  }

  @Test func theSystemIsAsked() {
    assay_stub_set_traced(true)
    #expect(LoadedPrograms.isTraced == true)
    assay_stub_set_traced(false)
    #expect(LoadedPrograms.isTraced == false)
  }
}

@Suite struct ImageTests {
  @Test func theFilesOfABundleAreItsScripts() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, text) in ["main.jsbundle": "a", "www/index.html": "bc", "App": "\u{0}", "PlugIns/S.appex/a.js": "y", "Info.plist": "z"] {
      let file = folder.appendingPathComponent(name)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    let image = try BundleImage(of: folder)
    #expect(image.segments.sorted { $0.name < $1.name } == [
      Segment(name: "App", kind: .resource, length: 1), Segment(name: "main.jsbundle", kind: .script, length: 1), Segment(name: "www/index.html", kind: .script, length: 2),
    ])
    let index = image.segments.firstIndex { $0.name == "www/index.html" }!
    var bytes = Bytes()
    try image.append(1, of: index, at: 1, to: &bytes)
    #expect(bytes == Array("c".utf8))
  }

  @Test func theResourcesOfAFolderAreOneSegment() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, text) in ["en.lproj/b.strings": "two", "en.lproj/a/c.strings": "", "words.json": "{}", "en.lproj/d.js": "x"] {
      let file = folder.appendingPathComponent(name)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    let image = try BundleImage(of: folder)
    #expect(image.segments.map(\.name).sorted() == ["en.lproj/", "en.lproj/d.js", "words.json"])
    let index = image.segments.firstIndex { $0.name == "en.lproj/" }!
    let first = Bytes([0, 0, 0, 20]) + Array("en.lproj/a/c.strings".utf8) + Bytes([0, 0, 0, 0, 0, 0, 0, 0])
    let second = Bytes([0, 0, 0, 18]) + Array("en.lproj/b.strings".utf8) + Bytes([0, 0, 0, 0, 0, 0, 0, 3]) + Array("two".utf8)
    let all = first + second
    #expect(image.segments[index] == Segment(name: "en.lproj/", kind: .resource, length: all.count))
    for offset in all.indices {
      for length in 0...all.count - offset {
        var bytes = Bytes()
        try image.append(length, of: index, at: offset, to: &bytes)
        #expect(bytes == Array(all[offset..<offset + length]))
      }
    }
    try Data("longer".utf8).write(to: folder.appendingPathComponent("en.lproj/b.strings"))
    var bytes = Bytes()
    #expect(throws: (any Error).self) { try image.append(all.count, of: index, at: 0, to: &bytes) }
  }

  @Test func aScriptThatWasLoadedTakesThePlaceOfTheOneInTheApp() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    let app = folder.appendingPathComponent("App.app")
    try FileManager.default.createDirectory(at: app, withIntermediateDirectories: true)
    let loaded = folder.appendingPathComponent("update")
    try Data([0xc6, 0x1f, 0xbc, 0x03, 0xc1, 0x03, 0x19, 0x1f, 7]).write(to: loaded)
    let wanted = [Segment(name: "main.jsbundle", kind: .hermes, length: 9)]
    #expect(try BundleImage(of: app, script: loaded).segments == wanted)
    try Data("in the app".utf8).write(to: app.appendingPathComponent("main.jsbundle"))
    let image = try BundleImage(of: app, script: loaded)
    #expect(image.segments == wanted)
    var bytes = Bytes()
    try image.append(1, of: 0, at: 8, to: &bytes)
    #expect(bytes == [7])
    #expect(throws: (any Error).self) { try BundleImage(of: app, script: folder.appendingPathComponent("none")) }
  }

  @Test func aConfigurationIsReadFromAPropertyList() throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).plist")
    defer { try? FileManager.default.removeItem(at: file) }
    let list: [String: Any] = [
      "endpoints": ["https://attest.example"], "app": "com.example.app", "build": "1", "withoutToken": "send",
      "audiences": ["https://api.example": "https://api.example"], "authorizationServers": ["https://api.example"],
    ]
    try PropertyListSerialization.data(fromPropertyList: list, format: .xml, options: 0).write(to: file)
    let configuration = try AssayConfiguration(contentsOf: file)
    #expect(configuration.withoutToken == .send)
    #expect(configuration.authorizationServers == ["https://api.example"])
    #expect(throws: AssayMisuse.self) { try AssayConfiguration(contentsOf: file.appendingPathExtension("x")) }
  }

  private func configuration(with members: [String: Any]) throws -> AssayConfiguration {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).plist")
    defer { try? FileManager.default.removeItem(at: file) }
    let required: [String: Any] = [
      "endpoints": ["https://attest.example"], "app": "com.example.app", "build": "1",
      "audiences": ["https://api.example": "https://api.example"],
    ]
    let list = required.merging(members) { $1 }
    try PropertyListSerialization.data(fromPropertyList: list, format: .xml, options: 0).write(to: file)
    return try AssayConfiguration(contentsOf: file)
  }

  @Test func aPropertyListHoldsTimesToo() throws {
    let read = try configuration(with: ["requestTimeout": 2_500, "idleAfter": 0.5])
    #expect(read.requestTimeout == 2_500)
    #expect(read.idleAfter == 0.5)
    #expect(try configuration(with: [:]).idleAfter == 600_000)
  }

  @Test(arguments: ["requestTimeOut", "developmentSecret", "dangerouslyAllowInsecureRequests", "idleAfter", "proof"])
  func whatAPropertyListCannotHoldIsNamed(_ name: String) {
    #expect(throws: AssayMisuse(name)) { try configuration(with: [name: "x"]) }
  }
}

@Suite struct TimeTests {
  @Test func noSleepIsTooLong() async {
    let sleeping = Task { try await sleepFor(1e30) }
    sleeping.cancel()
    await #expect(throws: CancellationError.self) { try await sleeping.value }
  }
}
