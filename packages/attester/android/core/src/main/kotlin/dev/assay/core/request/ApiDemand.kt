package dev.assay.core.request

import dev.assay.core.wire.JsonReader

/**
 * What an API or an authorization server that refuses a request asks for. APIs say it with status 401 in
 * `WWW-Authenticate` (RFC 9449 section 9), authorization servers also with status 400 in JSON (RFC 9449 section 8,
 * RFC 6749 section 5.2, draft-ietf-oauth-attestation-based-client-auth-10 section 7).
 */
internal enum class ApiDemand {
    /** A nonce, which came with the answer. */
    NONCE,

    /** Another token. */
    TOKEN,
    ;

    companion object {
        /**
         * `null` if the answer stands as it is.
         *
         * @param isAccess whether the token was one of the kind `access`, which a stock resource server calls invalid (RFC 6750 section 3.1)
         */
        fun of(answer: ApiAnswer, isAccess: Boolean): ApiDemand? = when (answer.status) {
            401 -> answer.challenge?.let { inChallenge(it, isAccess) }
            400 -> answer.body?.let(JsonReader::readObject)?.let { named(it["error"]) }
            else -> null
        }

        private fun inChallenge(challenge: String, isAccess: Boolean): ApiDemand? {
            var at = challenge.indexOf(ERROR)
            while (at >= 0) {
                val isOwnName = at == 0 || !isWord(challenge[at - 1])
                val value = challenge.substring(at + ERROR.length).removePrefix("\"").takeWhile(::isWord)
                if (isOwnName) (if (isAccess && value == "invalid_token") TOKEN else named(value))?.let { return it }
                at = challenge.indexOf(ERROR, at + 1)
            }
            return null
        }

        private fun named(error: Any?): ApiDemand? = when (error) {
            "use_dpop_nonce", "use_attestation_challenge" -> NONCE
            "use_fresh_attestation", "invalid_client_attestation", "invalid_dpop_proof" -> TOKEN
            else -> null
        }

        private const val ERROR = "error="
    }
}

/**
 * An answer to a protected request, as far as an adapter of an HTTP client reports it.
 *
 * @property challenge the header `WWW-Authenticate`, all lines of it, separated by commas
 * @property body its text, if [ProtectedCall.mayTellInBody] says so; at most the first 64 KiB are needed
 */
public class ApiAnswer(public val status: Int, public val challenge: String?, public val body: String?)

/** Whether an answer is a refusal in JSON, as authorization servers give it. */
internal fun isRefusalInJson(status: Int, contentType: String?): Boolean {
    if (status != 400 || contentType == null) return false
    val at = contentType.indexOf("json")
    val isWordBefore = at > 0 && isWord(contentType[at - 1])
    return at >= 0 && !isWordBefore && contentType.getOrNull(at + 4)?.let(::isWord) != true
}

private fun isWord(one: Char) = one in 'a'..'z' || one in 'A'..'Z' || one in '0'..'9' || one == '_'

/** Redirect statuses that a client would follow by itself. */
public fun isRedirect(status: Int): Boolean = status == 301 || status == 302 || status == 303 || status == 307 || status == 308
