package dev.assay.core.client

/** A valid answer to `POST /v1/challenges`. `evidence` is as received. */
internal class ChallengeAnswer(val challenge: String, val plan: String, val expiresIn: Double, val evidence: Any?)

/** A token for one audience. */
internal class IssuedToken(val audience: String, val token: String, val expiresIn: Double)

/** A valid answer to `POST /v1/attestations`. */
internal class AttestationAnswer(
    val tokens: List<IssuedToken>,
    val refreshAfter: Double,
    /** Unix seconds at the service. */
    val serverTime: Double,
    val trace: String,
)

/** The contents of the answer, or `null` if it does not have the required form. */
internal fun readChallengeAnswer(body: Map<String, Any?>): ChallengeAnswer? {
    val expiresIn = secondsOf(body["expires_in"]) ?: return null
    val challenge = textOf(body["attestation_challenge"]) ?: return null
    return ChallengeAnswer(challenge, textOf(body["plan"]) ?: return null, expiresIn, body["evidence"])
}

internal fun readAttestationAnswer(body: Map<String, Any?>): AttestationAnswer? {
    val tokens = (body["tokens"] as? List<*>)?.map { readToken(it) ?: return null }
    if (tokens.isNullOrEmpty()) return null
    val refreshAfter = secondsOf(body["refresh_after"]) ?: return null
    val serverTime = secondsOf(body["server_time"]) ?: return null
    return AttestationAnswer(tokens, refreshAfter, serverTime, textOf(body["trace"]) ?: return null)
}

private fun readToken(value: Any?): IssuedToken? {
    val body = value as? Map<*, *> ?: return null
    val audience = textOf(body["audience"]) ?: return null
    return IssuedToken(audience, textOf(body["token"]) ?: return null, secondsOf(body["expires_in"]) ?: return null)
}

private fun textOf(value: Any?): String? = (value as? String)?.takeIf(::isVisibleText)

private fun secondsOf(value: Any?): Double? = (value as? Double)?.takeIf { it >= 0 && it <= 9_007_199_254_740_991.0 }
