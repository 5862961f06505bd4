package dev.assay.core.client

import dev.assay.core.AssayErrorCode
import dev.assay.core.AssayException

/** Version of the wire that this SDK speaks. */
internal const val WIRE_VERSION = 1

/** The meaning of an answer other than success. `body` is the problem document, if it was one. */
internal fun readRefusal(status: Int, body: Map<String, Any?>, retryAfter: String?): AssayException {
    val problem = body["code"] as? String
    return AssayException(
        if (status < 500 && problem == "version_unsupported") outdated(body["supported"]) else codeOf(status, problem),
        problem = problem,
        trace = body["trace"] as? String,
        retryAfter = retryAfter?.let(::secondsIn),
        remedy = readRemedy(body["remedy"]),
    )
}

/** A date is not read: the clock of the device may be wrong by days. */
private fun secondsIn(header: String): Double? {
    val digits = header.trim()
    return if (digits.length <= 9 && digits.all { it in '0'..'9' }) digits.toDoubleOrNull()?.takeIf { it > 0 } else null
}

private fun outdated(supported: Any?): AssayErrorCode {
    val versions = (supported as? List<*>).orEmpty()
    val isOlder = versions.isNotEmpty() && versions.all { it is Double && it < WIRE_VERSION }
    return if (isOlder) AssayErrorCode.SERVICE_OUTDATED else AssayErrorCode.SDK_OUTDATED
}

/** Problems that are reported as something other than `REQUEST_REFUSED`. */
private val told: Map<String, AssayErrorCode> = mapOf(
    AssayErrorCode.ATTESTATION_DENIED to listOf("attestation_denied"),
    AssayErrorCode.CHALLENGE_STALE to listOf(
        "challenge_malformed",
        "challenge_invalid",
        "challenge_expired",
        "challenge_wrong_purpose",
        "challenge_outdated",
        "challenge_used",
    ),
    AssayErrorCode.BUILD_REFUSED to listOf(
        "build_not_registered",
        "build_retired",
        "build_below_minimum",
        "build_expired",
        "channel_not_admitted",
        "abi_not_registered",
    ),
    AssayErrorCode.SDK_OUTDATED to listOf("token_kind_unsupported"),
    AssayErrorCode.NOT_REGISTERED to listOf("app_not_registered", "audience_not_registered"),
    // The path that the SDK adds is not there: the endpoint is not the URL of the service.
    AssayErrorCode.RESPONSE_INVALID to listOf("not_found"),
    AssayErrorCode.EVIDENCE_FAILED to listOf("enrolment_required"),
    AssayErrorCode.KEY_STORE_FAILED to listOf("client_data_signature_invalid"),
).flatMap { (code, problems) -> problems.map { it to code } }.toMap()

private fun codeOf(status: Int, problem: String?): AssayErrorCode = when {
    status >= 500 || status == 408 -> AssayErrorCode.SERVICE_UNAVAILABLE
    status == 429 -> AssayErrorCode.RATE_LIMITED
    // The page of a proxy, or of a network that wants a login first.
    problem.isNullOrEmpty() -> AssayErrorCode.RESPONSE_INVALID
    else -> told[problem] ?: AssayErrorCode.REQUEST_REFUSED
}
