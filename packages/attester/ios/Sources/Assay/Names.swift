import AssayCore

// The names of the core that an app uses. The rest of it stays out of the app's own names.

/// What the app fixes: endpoints, app, build, protected APIs.
public typealias AssayConfiguration = AssayCore.AssayConfiguration
/// Why there is no token, or why a protected request was not sent.
public typealias AssayError = AssayCore.AssayError
/// A mistake of the caller.
public typealias AssayMisuse = AssayCore.AssayMisuse
/// What happened to the tokens.
public typealias AssayEvent = AssayCore.AssayEvent
/// The state of this installation.
public typealias AssayState = AssayCore.AssayState
/// A token for one audience.
public typealias AssayToken = AssayCore.AssayToken
/// The SDK without the shorthands for `URLSession`.
public typealias AssayClient = AssayCore.AssayClient
/// The form of proofs of possession.
public typealias ProofForm = AssayCore.ProofForm
/// Apple’s own domain and code.
public typealias PlatformError = AssayCore.PlatformError
/// App Attest is not supported where this runs.
public typealias AppAttestUnsupported = AssayCore.AppAttestUnsupported
/// One request, for a proof that another HTTP client sends.
public typealias ProofRequest = AssayCore.ProofRequest
/// What the user can do about a refusal.
public typealias Remedy = AssayCore.Remedy
/// The scheme of a token of the kind `access`.
public typealias TokenType = AssayCore.TokenType
/// Token and proof of one request.
public typealias ProofFields = AssayCore.ProofFields
