package dev.assay.core.request

import dev.assay.core.AssayErrorCode
import dev.assay.core.AssayException
import dev.assay.core.client.ClientConfig
import dev.assay.core.client.Held
import dev.assay.core.client.TokenSource
import dev.assay.core.client.TokenType
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

    /** The token of an API that takes the kind `access`. */
    public const val AUTHORIZATION: String = "Authorization"

    /** In place of token and proof: the code of the error because of which this request goes without them. */
    public const val STATUS: String = "Assay-Status"
}

/**
 * Headers to add to one request. They are valid for that request only.
 *
 * @property token for `OAuth-Client-Attestation`, or for `Authorization` if it has a `tokenType`
 * @property proof for the header of its form: `DPoP` unless the app chooses otherwise; `null` beside a token of the type `Bearer`
 * @property form of the proof
 * @property tokenType the scheme in `Authorization`, if the API takes tokens of the kind `access`
 */
public class ProofHeaders(
    public val token: String,
    public val proof: String?,
    public val form: ProofForm = ProofForm.DPOP,
    public val tokenType: TokenType? = null,
) {
    /** By name. */
    public fun toMap(): Map<String, String> {
        val headers = linkedMapOf(if (tokenType == null) HeaderNames.ATTESTATION to token else HeaderNames.AUTHORIZATION to "${tokenType.text} $token")
        if (proof != null) headers[form.header] = proof
        return headers
    }
}

/** Tokens and proofs for requests, and what the APIs say about them. Used on the lane only. */
internal class Authorizer(private val config: ClientConfig, private val lane: Lane, private val tokens: TokenSource) {
    /** Nonces are per server (RFC 9449 section 8.2), and proofs of either form have their own: the last one. */
    private val nonces = HashMap<Pair<String, ProofForm>, String>()

    /**
     * @param authorization the header of the request, to which the proof is bound if it carries a token
     * @param nonce one that the API gave; `null` for the last one that was learned
     * @param unwanted a token that the API refused
     * @throws AssayException
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
        } catch (error: Exception) {
            if ((error as? AssayException)?.code == AssayErrorCode.AUTHORIZATION_PRESENT) throw error
            // The key has been lost since the token was issued: another exchange opens it again, or makes a new one.
            val other = tokens.get(audience) { it != held.token }
            orFail(AssayErrorCode.KEY_STORE_FAILED) { headersFor(other, audience, url, method, authorization, nonce) }
        }
    }

    /** The nonces in an answer, whose headers are given by name. */
    fun noncesIn(header: (String) -> String?): Map<ProofForm, String> {
        val found = HashMap<ProofForm, String>()
        for (form in ProofForm.entries) {
            form.nonceHeaders.firstNotNullOfOrNull { name -> header(name)?.takeIf(String::isNotEmpty) }?.let { found[form] = it }
        }
        return found
    }

    /** Keeps the nonces that an answer brought. */
    fun learn(url: WebUrl, found: Map<ProofForm, String>) {
        for ((form, nonce) in found) nonces[Pair(url.origin, form)] = nonce
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
        val type = held.issued.type
        // The field holds one token: the request of a user's own would lose it.
        if (type != null && !authorization.isNullOrEmpty()) throw AssayException(AssayErrorCode.AUTHORIZATION_PRESENT)
        if (type == TokenType.BEARER) return ProofHeaders(held.token, null, tokenType = type)
        val form = if (type == null) config.options.proof else ProofForm.DPOP
        val bound = if (type == null) accessTokenOf(authorization) else held.token
        val input = ProofInput(
            audience = audience,
            jti = encodeBase64Url(config.ports.random.next(16)),
            method = method,
            target = url.target,
            iat = Math.floor((config.ports.clock.wall() + grant.offset) / 1000).toLong(),
            ath = bound?.let { encodeBase64Url(sha256(utf8(it))) },
            nonce = nonce ?: nonces[Pair(url.origin, form)],
        )
        val signed = form.signingInput(grant.key.publicJwk, input)
        val signature = lane.aside { grant.key.sign(utf8(signed)) }
        return ProofHeaders(held.token, "$signed.${encodeBase64Url(signature)}", form, type)
    }
}

/** The token that ties the user's login to this installation, for `ath` (RFC 9449 section 4.2): bearer tokens too. */
internal fun accessTokenOf(authorization: String?): String? {
    val text = authorization ?: return null
    val scheme = text.substringBefore(' ')
    if (!scheme.equals("bearer", ignoreCase = true) && !scheme.equals("dpop", ignoreCase = true)) return null
    return text.substring(scheme.length).trimStart(' ').takeIf { it.isNotEmpty() && it.none(Char::isWhitespace) }
}
