package dev.assay.core

import java.util.Locale

/**
 * Why no token could be had, or why a protected request was not sent. `docs/errors.md` says what to do about each.
 *
 * @property retryable whether the same call may succeed later without anyone changing anything
 */
public enum class AssayErrorCode(public val retryable: Boolean, private val wayOut: String = "see cause, try again") {
    ATTESTATION_DENIED(false, "see the trace"),
    BUILD_REFUSED(false, "update the app or register the build"),
    NOT_REGISTERED(false, "register app and audience"),
    REQUEST_REFUSED(false, "update the app or the service"),
    PLAN_REFUSED(false, "update the app or register the build"),
    SDK_OUTDATED(false, "update the app"),
    SERVICE_OUTDATED(false, "update the service"),
    REDIRECT_REFUSED(false, "update the URL"),
    CLOSED(false, "create a client"),
    NETWORK(true),
    TIMEOUT(true),
    RESPONSE_INVALID(true),
    SERVICE_UNAVAILABLE(true),
    RATE_LIMITED(true),
    CHALLENGE_STALE(true),
    MEASUREMENT_FAILED(true),
    KEY_STORE_FAILED(true),
    EVIDENCE_FAILED(true),
    ;

    /** As all SDKs name it. */
    public val text: String = name.lowercase(Locale.ROOT)

    internal val message: String get() = "$text: $wayOut"
}

/**
 * Neither message nor members hold a token, key, challenge or evidence. `ATTESTATION_DENIED` is a denial: the evidence is
 * bad. The other codes that are not `retryable` need a new release, a registration or another configuration; those that
 * are are malfunctions. Misuse of the SDK is an `IllegalArgumentException` instead.
 *
 * @property trace names the exchange to the operator of the service, and tells nobody else anything
 * @property problem the code of the problem document, where the service sent one
 * @property retryAfter seconds that the service asks to wait
 * @property vendorCode what Android's key store or Google Play called the fault, where one of them had it
 */
public class AssayException(
    public val code: AssayErrorCode,
    cause: Throwable? = null,
    public val trace: String? = null,
    public val problem: String? = null,
    public val retryAfter: Double? = null,
    public val vendorCode: String? = (cause as? VendorException)?.vendorCode,
) : Exception(if (vendorCode == null) code.message else "${code.message} ($vendorCode)", cause) {
    public val retryable: Boolean get() = code.retryable
}

/**
 * A fault of a vendor's part, with the vendor's own code.
 *
 * @property vendorCode letters, digits, `.`, `_` and `-`
 */
public class VendorException(public val vendorCode: String, cause: Throwable?) : Exception(vendorCode, cause)
