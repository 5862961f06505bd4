package dev.assay.core.client

/** A valid answer to `POST /v1/challenges`. `evidence` is as received. */
internal class ChallengeAnswer(val challenge: String, val plan: String, val expiresIn: Double, val evidence: Any?)

/** A token for one audience. `type` is `null` for the kind `attestation`. */
internal class IssuedToken(val audience: String, val token: String, val expiresIn: Double, val type: TokenType?)

/**
 * The scheme under which `Authorization` takes a token of the kind `access`. A token of the kind `attestation` has none.
 *
 * @property text as the scheme is written
 */
public enum class TokenType(public val text: String) {
    /** With a proof of possession for each request (RFC 9449). */
    DPOP("DPoP"),

    /** Without one (RFC 6750). */
    BEARER("Bearer"),
}

/** A valid answer to `POST /v1/attestations`. */
internal class AttestationAnswer(
    val tokens: List<IssuedToken>,
    val refreshAfter: Double,
    /** Unix seconds at the service. */
    val serverTime: Double,
    val trace: String,
    /** By audience: of APIs that were asked for and have no token. */
    val remedies: Map<String, Remedy?>,
)

/** The contents of the answer, or `null` if it does not have the required form. @param held the plan, if the answer has none */
internal fun readChallengeAnswer(body: Map<String, Any?>, held: String?): ChallengeAnswer? {
    val expiresIn = secondsOf(body["expires_in"]) ?: return null
    val challenge = textOf(body["attestation_challenge"]) ?: return null
    val plan = textOf(if ("plan" in body) body["plan"] else held) ?: return null
    return ChallengeAnswer(challenge, plan, expiresIn, body["evidence"])
}

internal fun readAttestationAnswer(body: Map<String, Any?>): AttestationAnswer? {
    val tokens = (body["tokens"] as? List<*>)?.map { readToken(it) ?: return null }
    if (tokens.isNullOrEmpty()) return null
    val refreshAfter = secondsOf(body["refresh_after"]) ?: return null
    val serverTime = secondsOf(body["server_time"]) ?: return null
    return AttestationAnswer(tokens, refreshAfter, serverTime, textOf(body["trace"]) ?: return null, readRemedies(body["remedies"]))
}

/** `null` for one of another kind or of another form: it is never an error. */
internal fun readRemedy(value: Any?): Remedy? {
    val members = value as? Map<*, *> ?: return null
    val kind = RemedyKind.entries.firstOrNull { it.text == members["kind"] } ?: return null
    val code = members["type_code"]
    if (kind != RemedyKind.PLAY_DIALOG) return if ("type_code" in members) null else Remedy(kind)
    return if (code == 1.0 || code == 2.0 || code == 3.0) Remedy(kind, (code as Double).toInt()) else null
}

/** What is not understood is left out: a remedy is never an error. */
internal fun readRemedies(value: Any?): Map<String, Remedy?> {
    val remedies = LinkedHashMap<String, Remedy?>()
    for (one in value as? List<*> ?: emptyList<Any>()) {
        val audience = ((one as? Map<*, *>)?.get("audience") as? String) ?: continue
        if (audience !in remedies) remedies[audience] = readRemedy(one["remedy"])
    }
    return remedies
}

private fun readToken(value: Any?): IssuedToken? {
    val body = value as? Map<*, *> ?: return null
    val audience = textOf(body["audience"]) ?: return null
    val type = TokenType.entries.firstOrNull { it.text == body["token_type"] }
    // Sent in the wrong field, a token of a scheme that this SDK does not know would be disclosed.
    if (type == null && "token_type" in body) return null
    return IssuedToken(audience, textOf(body["token"]) ?: return null, secondsOf(body["expires_in"]) ?: return null, type)
}

private fun textOf(value: Any?): String? = (value as? String)?.takeIf(::isVisibleText)

private fun secondsOf(value: Any?): Double? = (value as? Double)?.takeIf { it >= 0 && it <= 9_007_199_254_740_991.0 }
