package dev.assay.core.wire

/**
 * Claims of a DPoP proof (RFC 9449 section 4.2).
 *
 * @property jti base64url of 128 random bits
 * @property htm the method as sent
 * @property htu the URL without query and fragment
 * @property iat Unix seconds at the service
 * @property ath base64url SHA-256 of the token in `Authorization`
 */
public class ProofClaims(
    public val jti: String,
    public val htm: String,
    public val htu: String,
    public val iat: Long,
    public val ath: String?,
    public val nonce: String?,
) {
    /** What the installation key signs: header and claims, each as base64url. */
    public fun signingInput(key: PublicJwk): String {
        val header = linkedMapOf("typ" to "dpop+jwt", "alg" to "ES256", "jwk" to key.members())
        val claims = linkedMapOf<String, Any>("jti" to jti, "htm" to htm, "htu" to htu, "iat" to iat)
        if (ath != null) claims["ath"] = ath
        if (nonce != null) claims["nonce"] = nonce
        return listOf(header, claims).joinToString(".") { encodeBase64Url(utf8(Json.write(it))) }
    }
}
