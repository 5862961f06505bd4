package dev.assay.core.request

/** What an API that refuses a request says it wants to see. */
public enum class ApiWish {
    /** A nonce, which has come with the answer. */
    NONCE,

    /** Another token. */
    TOKEN,
    ;

    public companion object {
        /** RFC 9449 section 9, draft-ietf-oauth-attestation-based-client-auth-10 section 7. */
        private val wishes = mapOf(
            "use_dpop_nonce" to NONCE,
            "use_attestation_challenge" to NONCE,
            "use_fresh_attestation" to TOKEN,
            "invalid_client_attestation" to TOKEN,
            "invalid_dpop_proof" to TOKEN,
        )

        /** `null` where the answer stands as it is. @param challenge the header `WWW-Authenticate` */
        public fun of(status: Int, challenge: String?): ApiWish? {
            if (status != 401 || challenge == null) return null
            var at = challenge.indexOf(ERROR)
            while (at >= 0) {
                val isOwnName = at == 0 || !isWord(challenge[at - 1])
                val value = challenge.substring(at + ERROR.length).removePrefix("\"").takeWhile(::isWord)
                if (isOwnName) wishes[value]?.let { return it }
                at = challenge.indexOf(ERROR, at + 1)
            }
            return null
        }

        private const val ERROR = "error="

        private fun isWord(one: Char) = one in 'a'..'z' || one in 'A'..'Z' || one in '0'..'9' || one == '_'
    }
}

/** Statuses of a redirect that a client would follow by itself. */
public fun isRedirect(status: Int): Boolean = status == 301 || status == 302 || status == 303 || status == 307 || status == 308
