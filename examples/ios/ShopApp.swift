import Assay
import SwiftUI

// Never built; see README.md.

@MainActor
final class Shop: ObservableObject {
  @Published var state = "idle"
  @Published var text = ""
  private let assay = try? Assay(AssayConfiguration(plist: "Assay"))

  func follow() async {
    guard let assay else { return state = "Assay.plist is missing or wrong" }
    assay.prefetch()
    for await now in await assay.states() { state = now.rawValue }
  }

  func order() async {
    guard let assay, let url = URL(string: "https://api.example.com/orders") else { return }
    do {
      let (data, _) = try await assay.data(for: URLRequest(url: url))
      text = String(decoding: data, as: UTF8.self)
    } catch {
      text = "\(error)"
    }
  }

  func test() async {
    text = await assay?.selfTest() ?? ""
  }
}

@main
struct ShopApp: App {
  @StateObject private var shop = Shop()

  var body: some Scene {
    WindowGroup {
      VStack(spacing: 16) {
        Text(shop.state)
        Button("Orders") { Task { await shop.order() } }
        Button("Self-test") { Task { await shop.test() } }
        ScrollView { Text(shop.text).textSelection(.enabled) }
      }
      .padding()
      .task { await shop.follow() }
    }
  }
}
