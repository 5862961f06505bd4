package dev.assay.core

import dev.assay.core.client.Remedy
import java.util.Locale

/**
 * Why no token was available, or why a protected request was not sent. `docs/errors.md` says what to do about each.
 *
 * @property retryable whether the same call may succeed later without anyone changing anything
 */
public enum class AssayErrorCode(public val retryable: Boolean, private val remedy: String = "see cause, try again") {
    /** The service judged the evidence and denied it. The operator finds the reason under the trace. */
    ATTESTATION_DENIED(false, "see the trace"),
    /** The build, or its code for this ABI, is not registered, was retired, or is below the minimum version. */
    BUILD_REFUSED(false, "update the app or register the build"),
    /** The service does not know the app, or an audience of it. */
    NOT_REGISTERED(false, "register app and audience"),
    /** The service refused the request for another reason, which `problem` names. */
    REQUEST_REFUSED(false, "look up its problem"),
    /**
     * The plan of the service does not fit this app: the installed code has other segments, or the service asks for
     * more than an SDK provides.
     */
    PLAN_REFUSED(false, "update the app or register the build"),
    /** The service no longer speaks the version of this SDK. */
    SDK_OUTDATED(false, "update the app"),
    /** The service does not speak the version of this SDK yet. */
    SERVICE_OUTDATED(false, "update the service"),
    /** A protected API answered with a redirect, and the HTTP client leaves redirects to the SDK. */
    REDIRECT_REFUSED(false, "update the URL"),
    /** The request has an `Authorization` of its own, where the API takes the token. */
    AUTHORIZATION_PRESENT(false, "send it without Authorization"),
    /** The client was closed. */
    CLOSED(false, "create a client"),
    /** No answer came from any endpoint. */
    NETWORK(true),
    /** No answer came within the time for one request. */
    TIMEOUT(true),
    /** The answer is not from the service: it is the page of a proxy, or of a network that wants a login first. */
    RESPONSE_INVALID(true),
    /** The service answered with a status of 500 or above. */
    SERVICE_UNAVAILABLE(true),
    /** The service has had too many requests; `retryAfter` says how long to wait, if the service says so. */
    RATE_LIMITED(true),
    /** The challenge was too old, or used already. */
    CHALLENGE_STALE(true),
    /** The code of the app could not be read, or changed while it was read. */
    MEASUREMENT_FAILED(true),
    /** The key store could not open, make or use the installation key. */
    KEY_STORE_FAILED(true),
    /** Platform evidence was not available, or the service wants it again. */
    EVIDENCE_FAILED(true),
    ;

    /** The name that all SDKs use. */
    public val text: String = name.lowercase(Locale.ROOT)

    internal val message: String get() = "$text: $remedy"
}

/**
 * Neither the message nor the members contain a token, key, challenge or evidence. `ATTESTATION_DENIED` is a denial:
 * the evidence is bad. The other codes that are not `retryable` need a new release, a registration or another
 * configuration; those that are are malfunctions. Misuse of the SDK is an `IllegalArgumentException` instead.
 *
 * @property code what to match on; the message is for people and may change
 * @property trace identifies the exchange to the operator of the service, and reveals nothing to anybody else
 * @property problem the code of the problem document, if the service sent one
 * @property retryAfter seconds that the service asks to wait
 * @property vendorCode the name that Android's key store or Google Play has for the fault, if it was theirs
 * @property remedy what the user can do, where the operator lets the app say it
 */
public class AssayException(
    public val code: AssayErrorCode,
    cause: Throwable? = null,
    public val trace: String? = null,
    public val problem: String? = null,
    public val retryAfter: Double? = null,
    public val vendorCode: String? = (cause as? VendorException)?.vendorCode,
    public val remedy: Remedy? = null,
) : Exception(if (vendorCode == null) code.message else "${code.message} ($vendorCode)", cause) {
    /** Whether the same call may succeed later without anyone changing anything. */
    public val retryable: Boolean get() = code.retryable
}

/**
 * A fault of a vendor's part, with the vendor's own code.
 *
 * @property vendorCode letters, digits, `.`, `_` and `-`
 * @property mayPass whether the vendor does not rule out that the same works later
 */
public open class VendorException(public val vendorCode: String, cause: Throwable?, public val mayPass: Boolean = false) :
    Exception(vendorCode, cause)

/** The key store cannot be used at the moment. Its key may still be valid, so no other replaces it. */
public class KeyStoreUnavailableException(vendorCode: String, cause: Throwable?) : VendorException(vendorCode, cause, mayPass = true)
