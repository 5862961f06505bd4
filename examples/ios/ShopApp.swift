import SwiftUI

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
