import AssayCore
import Foundation
import Security

/// Surroundings as the system tells them.
struct SystemSurroundings: Surroundings {
  let bundlePath: String

  func exists(_ path: String) -> Bool {
    access(path, F_OK) == 0
  }

  func canWrite(_ path: String) -> Bool {
    let descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return false }
    close(descriptor)
    unlink(path)
    return true
  }

  func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  var isTraced: Bool? { LoadedPrograms.isTraced }

  var loadedImages: [String] { LoadedPrograms.paths }

  var prologues: [(name: String, words: [UInt32])] {
    #if arch(arm64)
      return ["sysctl", "_dyld_get_image_name", "SecItemCopyMatching", "open", "access"].compactMap { name in
        guard let function = dlsym(UnsafeMutableRawPointer(bitPattern: -2), name) else { return nil }
        // A signed pointer is not a readable address; its upper bits are removed.
        let address = UInt(bitPattern: function) & 0x0000_000f_ffff_ffff
        guard let start = UnsafePointer<UInt32>(bitPattern: address) else { return nil }
        return (name, Array(UnsafeBufferPointer(start: start, count: 4)))
      }
    #else
      return []
    #endif
  }

  var isSimulator: Bool {
    #if targetEnvironment(simulator)
      true
    #else
      false
    #endif
  }

  var isOnMac: Bool {
    #if os(iOS)
      ProcessInfo.processInfo.isiOSAppOnMac
    #else
      false
    #endif
  }
}
