import Assay
import Foundation
import SwiftUI

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// The contents of the screen, and the actions of its buttons.
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
