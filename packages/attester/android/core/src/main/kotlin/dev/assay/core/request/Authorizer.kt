package dev.assay.core.request

import dev.assay.core.AssayErrorCode
import dev.assay.core.client.ClientConfig
import dev.assay.core.client.Held
import dev.assay.core.client.TokenSource
import dev.assay.core.orFail
import dev.assay.core.running.Lane
import dev.assay.core.wire.ProofForm
import dev.assay.core.wire.ProofInput
import dev.assay.core.wire.encodeBase64Url
import dev.assay.core.wire.sha256
import dev.assay.core.wire.utf8

/** Header names of the standards. */
public object HeaderNames {
    /** The token (draft-ietf-oauth-attestation-based-client-auth-10). */
    public const val ATTESTATION: String = "OAuth-Client-Attestation"

    /** In place of token and proof: the code of the error because of which this request goes without them. */
    public const val STATUS: String = "Assay-Status"
}

/**
 * Headers to add to one request. They are valid for that request only.
 *
 * @property token for `OAuth-Client-Attestation`
 * @property proof for the header of its form: `DPoP` unless the app chooses otherwise
 */
public class ProofHeaders(public val token: String, public val proof: String, public val form: ProofForm = ProofForm.DPOP) {
    /** By name. */
    public fun toMap(): Map<String, String> = linkedMapOf(HeaderNames.ATTESTATION to token, form.header to proof)
}

/** Tokens and proofs for requests, and what the APIs say about them. Used on the lane only. */
internal class Authorizer(private val config: ClientConfig, private val lane: Lane, private val tokens: TokenSource) {
    /** Nonces are per server (RFC 9449 section 8.2): origin to the last one. */
    private val nonces = HashMap<String, String>()

    /**
     * @param authorization the header of the request, to which the proof is bound if it carries a token
     * @param nonce one that the API gave; `null` for the last one that was learned
     * @param unwanted a token that the API refused
     * @throws dev.assay.core.AssayException
     */
    suspend fun authorize(
        audience: String,
        url: WebUrl,
        method: String,
        authorization: String?,
        nonce: String? = null,
        unwanted: String? = null,
    ): ProofHeaders {
        // `null` stands for an audience without a token: requesting that one again would not help.
        val held = tokens.get(audience) { it == null || it != unwanted }
        return try {
            headersFor(held, audience, url, method, authorization, nonce)
        } catch (_: Exception) {
            // The key has been lost since the token was issued: another exchange opens it again, or makes a new one.
            val other = tokens.get(audience) { it != held.token }
            orFail(AssayErrorCode.KEY_STORE_FAILED) { headersFor(other, audience, url, method, authorization, nonce) }
        }
    }

    /** The nonce in an answer, whose headers are given by name. */
    fun nonceIn(header: (String) -> String?): String? =
        config.options.proof.nonceHeaders.firstNotNullOfOrNull { name -> header(name)?.takeIf(String::isNotEmpty) }

    /** Keeps a nonce that an answer brought. */
    fun learn(url: WebUrl, nonce: String) {
        nonces[url.origin] = nonce
    }

    private suspend fun headersFor(
        held: Held,
        audience: String,
        url: WebUrl,
        method: String,
        authorization: String?,
        nonce: String?,
    ): ProofHeaders {
        val grant = held.grant
        val form = config.options.proof
        val input = ProofInput(
            audience = audience,
            jti = encodeBase64Url(config.ports.random.next(16)),
            method = method,
            target = url.target,
            iat = Math.floor((config.ports.clock.wall() + grant.offset) / 1000).toLong(),
            ath = accessTokenOf(authorization)?.let { encodeBase64Url(sha256(utf8(it))) },
            nonce = nonce ?: nonces[url.origin],
        )
        val signed = form.signingInput(grant.key.publicJwk, input)
        val signature = lane.aside { grant.key.sign(utf8(signed)) }
        return ProofHeaders(held.token, "$signed.${encodeBase64Url(signature)}", form)
    }
}

/** The token that ties the user's login to this installation, for `ath` (RFC 9449 section 4.2): bearer tokens too. */
internal fun accessTokenOf(authorization: String?): String? {
    val text = authorization ?: return null
    val scheme = text.substringBefore(' ')
    if (!scheme.equals("bearer", ignoreCase = true) && !scheme.equals("dpop", ignoreCase = true)) return null
    return text.substring(scheme.length).trimStart(' ').takeIf { it.isNotEmpty() && it.none(Char::isWhitespace) }
}
