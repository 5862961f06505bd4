package dev.assay.core.client

import dev.assay.core.AssayErrorCode
import dev.assay.core.AssayException

/** Version of the wire that this SDK speaks. */
internal const val WIRE_VERSION = 1

/** What an answer other than success means. `body` is the problem document, if it was one. */
internal fun readRefusal(status: Int, body: Map<String, Any?>, retryAfter: String?): AssayException {
    val problem = body["code"] as? String
    return AssayException(
        if (problem == "version_unsupported") outdated(body["supported"]) else codeOf(status, problem),
        problem = problem,
        trace = body["trace"] as? String,
        // A date is not read: the clock of the device may be wrong by days.
        retryAfter = retryAfter?.trim()?.toDoubleOrNull()?.takeIf { it.isFinite() && it != 0.0 },
    )
}

private fun outdated(supported: Any?): AssayErrorCode {
    val versions = (supported as? List<*>).orEmpty()
    val isOlder = versions.isNotEmpty() && versions.all { it is Double && it < WIRE_VERSION }
    return if (isOlder) AssayErrorCode.SERVICE_OUTDATED else AssayErrorCode.SDK_OUTDATED
}

/** By a part of the problem's code; the first that is in it. */
private val told = listOf(
    "attestation_denied" to AssayErrorCode.ATTESTATION_DENIED,
    "challenge" to AssayErrorCode.CHALLENGE_STALE,
    "build" to AssayErrorCode.BUILD_REFUSED,
    "not_registered" to AssayErrorCode.NOT_REGISTERED,
    "enrolment" to AssayErrorCode.EVIDENCE_FAILED,
    "signature" to AssayErrorCode.KEY_STORE_FAILED,
)

private fun codeOf(status: Int, problem: String?): AssayErrorCode = when {
    status >= 500 -> AssayErrorCode.SERVICE_UNAVAILABLE
    status == 429 -> AssayErrorCode.RATE_LIMITED
    // The page of a proxy, or of a network that wants a login first.
    problem.isNullOrEmpty() -> AssayErrorCode.RESPONSE_INVALID
    else -> told.firstOrNull { (part) -> part in problem }?.second ?: AssayErrorCode.REQUEST_REFUSED
}
