import AssayCore
import Foundation

/// A lock on a file, which the system releases when a process ends.
final class FileLock: ProcessLock, @unchecked Sendable {
  private let file: URL
  private let access = NSLock()
  private var descriptor: Int32 = -1
  private var isReleased = false

  init(_ file: URL) {
    self.file = file
  }

  func tryAcquire() throws -> Bool {
    access.lock()
    defer { access.unlock() }
    guard !isReleased else { throw PlatformError(domain: NSPOSIXErrorDomain, code: Int(ECANCELED)) }
    if descriptor < 0 {
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      descriptor = open(file.path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else { throw PlatformError(domain: NSPOSIXErrorDomain, code: Int(errno)) }
    }
    return flock(descriptor, LOCK_EX | LOCK_NB) == 0
  }

  func release() {
    access.lock()
    defer { access.unlock() }
    isReleased = true
    guard descriptor >= 0 else { return }
    close(descriptor)
    descriptor = -1
  }

  /// The lock file with which the processes of an installation take turns: in the folder of the app group, or in the
  /// app's own.
  static func file(app: String, group: String?) -> URL {
    let files = FileManager.default
    #if canImport(Darwin)
      if let shared = group.flatMap(files.containerURL(forSecurityApplicationGroupIdentifier:)) {
        return shared.appendingPathComponent("Library/Caches/Assay/\(app).lock")
      }
    #endif
    let own = files.urls(for: .applicationSupportDirectory, in: .userDomainMask).first ?? files.temporaryDirectory
    return own.appendingPathComponent("Assay/\(app).lock")
  }
}
