import AssayCore

// The names of the core that an app uses. The rest of it stays out of the app's own names.

public typealias AssayConfiguration = AssayCore.AssayConfiguration
public typealias AssayError = AssayCore.AssayError
public typealias AssayMisuse = AssayCore.AssayMisuse
public typealias AssayEvent = AssayCore.AssayEvent
public typealias AssayState = AssayCore.AssayState
public typealias AssayToken = AssayCore.AssayToken
public typealias AssayClient = AssayCore.AssayClient
public typealias ProofForm = AssayCore.ProofForm
public typealias PlatformError = AssayCore.PlatformError
