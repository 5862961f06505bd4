import AssayFakes
import Foundation
import MachO
import Testing

@testable import Assay
@testable import AssayCore

/// Over a real framework for devices, where `ASSAY_TEST_FRAMEWORK` names its binary: `lab/phones` fetches one from npm.
@Suite(.serialized) struct TextSectionsTests {
  @Test(.enabled(if: ProcessInfo.processInfo.environment["ASSAY_TEST_FRAMEWORK"] != nil))
  func theSectionsInMemoryAreThoseOfTheFile() throws {
    let path = ProcessInfo.processInfo.environment["ASSAY_TEST_FRAMEWORK"]!
    assay_stub_forget_images()
    #expect(assay_stub_map_image(path, "/private/App.app/Frameworks/Lib.framework/Lib"))
    let image = try #require(TextSections(LoadedPrograms.all, in: "/private/App.app".replacingOccurrences(of: "/private", with: "")))
    #expect(image.segments.count > 10)
    #expect(image.segments.contains { $0.name == "Frameworks/Lib.framework/Lib.__TEXT.__text" && $0.length > 10_000 })
    // Where the file has them: __text of an arm64 slice without its own mapping.
    let file = try Data(contentsOf: URL(fileURLWithPath: path))
    let text = image.segments.firstIndex { $0.name == "Frameworks/Lib.framework/Lib.__TEXT.__text" }!
    var bytes = Bytes()
    try image.append(image.segments[text].length, of: text, at: 0, to: &bytes)
    #expect(file.range(of: Data(bytes.prefix(4096))) != nil)
    let seed = Bytes(repeating: 7, count: 32)
    let digest = try ImageDigest(of: image, coverage: .image, seed: seed, crypto: LabCryptography())
    #expect(digest.parts.count == image.segments.count)
  }

  @Test func whatLiesElsewhereIsNoPartOfTheApp() {
    let paths = ["/App.appx/A", "/App.app/PlugIns/S.appex/S", "/App.app/Frameworks/A.framework/B", "/usr/lib/a.dylib"]
    #expect(TextSections(paths.map { .init(path: $0, header: 0, slide: 0) }, in: "/App.app") == nil)
  }

  @Test func whatIsNoProgramOf64BitsIsNoImage() {
    let bytes = Bytes(repeating: 0, count: 64)
    bytes.withUnsafeBytes { buffer in
      let header = UInt(bitPattern: buffer.baseAddress)
      #expect(TextSections([.init(path: "/App.app/A", header: header, slide: 0)], in: "/App.app") == nil)
    }
    #expect(TextSections([], in: "/App.app") == nil)
  }

  @Test func aHeaderThatLiesAboutItsSectionsIsNoImage() {
    // One segment that states a hundred sections in a command of 72 bytes.
    var words = [UInt32](repeating: 0, count: 64)
    (words[0], words[4], words[5]) = (0xfeed_facf, 1, 72)
    (words[8], words[9]) = (0x19, 72)
    (words[10], words[11]) = (0x45_545f_5f, 0x5458)
    words[8 + 16] = 100
    words.withUnsafeBytes { buffer in
      #expect(TextSections([.init(path: "/App.app/A", header: UInt(bitPattern: buffer.baseAddress), slide: 0)], in: "/App.app") == nil)
    }
  }
}
