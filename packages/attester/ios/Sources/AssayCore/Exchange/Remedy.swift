/// What the user of the app can do about a refusal, where the operator lets the app say it. It is a hint to people, and proves nothing.
public struct Remedy: Sendable, Equatable {
  /// A closed list.
  public enum Kind: String, Sendable, CaseIterable {
    /// Install the newest version of the app.
    case updateApp = "update_app"
    /// Install the updates of the operating system.
    case updateOS = "update_os"
    /// Update Google Play Store and Google Play services.
    case updatePlay = "update_play"
    /// Follow Google's dialog: of no use on Apple's systems.
    case playDialog = "play_dialog"
    /// Lock the boot loader, and install the system of the maker.
    case lockBootLoader = "lock_boot_loader"
    /// Remove the app and install it from the store.
    case installFromStore = "install_from_store"
    /// Load the page again.
    case reloadPage = "reload_page"
    /// Ask support, and give it the trace.
    case contactSupport = "contact_support"
    /// Wait, and try again.
    case tryLater = "try_later"
  }

  /// What to do.
  public let kind: Kind
  /// The number of Google's dialog, 1 to 3: only with `playDialog`.
  public let typeCode: Int?

  /// `nil` for one of another kind or of another form: it is never an error.
  init?(_ value: JSON?) {
    guard let text = value?["kind"]?.text, let kind = Kind(rawValue: text) else { return nil }
    let code = value?["type_code"]
    self.kind = kind
    guard kind == .playDialog else {
      if code != nil { return nil }
      typeCode = nil
      return
    }
    guard let number = code?.number, number == 1 || number == 2 || number == 3 else { return nil }
    typeCode = Int(number)
  }

  /// As it is read.
  var json: JSON {
    .object([.init("kind", .text(kind.rawValue))] + (typeCode.map { [.init("type_code", .integer(Int64($0)))] } ?? []))
  }
}

/// An API that was asked for and has no token, and what the user can do about that.
final class Denied: Sendable {
  let audience: String
  let remedy: Remedy?

  init(_ audience: String, _ remedy: Remedy?) {
    self.audience = audience
    self.remedy = remedy
  }

  /// What is not understood is left out.
  static func all(_ value: JSON?) -> [Denied] {
    var all: [Denied] = []
    for element in value?.elements ?? [] {
      if let audience = element["audience"]?.text { all.append(Denied(audience, Remedy(element["remedy"]))) }
    }
    return all
  }

  var json: JSON { .object([.init("audience", .text(audience)), .init("remedy", remedy?.json ?? .null)]) }
}
