package dev.assay.core.wire

/**
 * What a proof may state about one request.
 *
 * @property audience of the token that goes with it
 * @property jti base64url of 128 random bits
 * @property method as sent
 * @property target the URL without query and fragment
 * @property iat Unix seconds at the service
 * @property ath base64url SHA-256 of the token in `Authorization`
 * @property nonce the last one that the server gave
 */
public class ProofInput(
    public val audience: String,
    public val jti: String,
    public val method: String,
    public val target: String,
    public val iat: Long,
    public val ath: String?,
    public val nonce: String?,
)

/**
 * How a request proves that its sender holds the installation key.
 *
 * @property text as configuration files have it
 * @property header in which the proof is sent
 * @property nonceHeaders in which servers give nonces for it, in order of preference
 */
public enum class ProofForm(public val text: String, public val header: String, public val nonceHeaders: List<String>) {
    /** DPoP in combined mode: RFC 9449 section 4.2, by the key that the token names in `cnf`. */
    DPOP("dpop", "DPoP", listOf("DPoP-Nonce", "OAuth-Client-Attestation-Challenge")),

    /**
     * The PoP JWT of draft-ietf-oauth-attestation-based-client-auth-10 section 5.2, for the audience and not for one request. For
     * authorization servers without combined mode, and for APIs that use DPoP with another key.
     */
    ATTESTATION_POP("attestation-pop", "OAuth-Client-Attestation-PoP", listOf("OAuth-Client-Attestation-Challenge")),
    ;

    /** What the installation key signs (RFC 7515): header and claims, each as base64url. */
    public fun signingInput(key: PublicJwk, input: ProofInput): String {
        val header = when (this) {
            DPOP -> linkedMapOf("typ" to "dpop+jwt", "alg" to "ES256", "jwk" to key.members())
            ATTESTATION_POP -> linkedMapOf("typ" to "oauth-client-attestation-pop+jwt", "alg" to "ES256")
        }
        val claims = when (this) {
            DPOP -> linkedMapOf(
                "jti" to input.jti, "htm" to input.method, "htu" to input.target, "iat" to input.iat, "ath" to input.ath, "nonce" to input.nonce,
            )
            ATTESTATION_POP -> linkedMapOf("aud" to input.audience, "jti" to input.jti, "iat" to input.iat, "challenge" to input.nonce)
        }
        return listOf(header, claims.filterValues { it != null }).joinToString(".") { encodeBase64Url(utf8(Json.write(it))) }
    }
}
