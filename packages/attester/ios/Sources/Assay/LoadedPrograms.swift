import AssayCore
import Foundation
import MachO

/// What dyld has loaded.
enum LoadedPrograms {
  /// Paths of everything, in the order of loading.
  static var paths: [String] {
    (0..<_dyld_image_count()).compactMap { index in _dyld_get_image_name(index).map { String(cString: $0) } }
  }

  /// The same with their addresses.
  static var all: [TextSections.Loaded] {
    (0..<_dyld_image_count()).compactMap { index in
      guard let name = _dyld_get_image_name(index), let header = _dyld_get_image_header(index) else { return nil }
      return TextSections.Loaded(
        path: String(cString: name), header: UInt(bitPattern: header), slide: _dyld_get_image_vmaddr_slide(index))
    }
  }

  /// Whether a debugger is attached to this process; `nil` if the system does not say.
  static var isTraced: Bool? {
    var name: [Int32] = [CTL_KERN, KERN_PROC, KERN_PROC_PID, getpid()]
    var process = kinfo_proc()
    var length = MemoryLayout<kinfo_proc>.stride
    guard sysctl(&name, UInt32(name.count), &process, &length, nil, 0) == 0 else { return nil }
    return process.kp_proc.p_flag & P_TRACED != 0
  }
}
