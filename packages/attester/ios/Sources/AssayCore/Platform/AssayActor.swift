/// Where all of the SDK's own state lives: one thing after the other, never on the main thread. Reading and hashing the app's
/// code happens elsewhere, so that nobody waits for it who has a token.
@globalActor
public actor AssayActor {
  /// The one that all clients share.
  public static let shared = AssayActor()
}
