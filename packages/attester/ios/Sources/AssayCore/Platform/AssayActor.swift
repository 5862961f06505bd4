/// Holds all of the SDK's own state: one task at a time, never on the main thread. Reading and hashing the app's code
/// happens elsewhere, so that nobody who has a token waits for it.
@globalActor
public actor AssayActor {
  /// The one that all clients share.
  public static let shared = AssayActor()
}
