import Foundation

@testable import Assay
import AssayCore
import AssayReactNative
import MachO

// The native part of an app in React Native on a simulated iPhone, for lab/phones: each line of standard input is a call that JavaScript
// makes, `call` 0 one without an answer; each line of standard output is an answer or an event.

struct Phone: Decodable {
  /// Folder of the installed app.
  let bundle: String
  /// Mach-O files that dyld has loaded, by their path in the bundle.
  let loaded: [String: String]?
  /// The script that React Native has loaded. Default: the one in the app.
  let script: String?
}

struct Call: Decodable {
  let call: Int
  let method: String
  let request: String
}

struct Line: Encodable {
  var call: Int?
  var answer: String?
  var event: String?
}

@Sendable func say(_ line: Line) {
  let text = try! JSONEncoder().encode(line)
  FileHandle.standardOutput.write(text + Data("\n".utf8))
}

let phone = try JSONDecoder().decode(Phone.self, from: Data((ProcessInfo.processInfo.environment["ASSAY_PHONE"] ?? "").utf8))
for (name, file) in phone.loaded ?? [:] {
  precondition(assay_stub_map_image(file, "\(phone.bundle)/\(name)"), "\(file) cannot be mapped")
}
let app = URL(fileURLWithPath: phone.bundle)
let source = phone.script.map { URL(fileURLWithPath: $0) } ?? app.appendingPathComponent("main.jsbundle")
let clients = Clients { configuration, script in
  try Assay(configuration, ports: .system(configuration, bundle: MainBundle(path: app.resolvingSymlinksInPath().path), script: script))
}
let bridge = AssayBridge(clients: clients, app: app) { say(Line(event: $0)) }
while let text = readLine() {
  let call = try JSONDecoder().decode(Call.self, from: Data(text.utf8))
  if call.method == "invalidate" {
    bridge.invalidate()
  } else if call.call == 0 {
    bridge.tell(call.method, call.request)
  } else {
    Task.detached { say(Line(call: call.call, answer: await bridge.ask(call.method, call.request, from: source))) }
  }
}
