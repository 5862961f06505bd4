package dev.assay.core.request

import dev.assay.core.client.Clock

/**
 * One request to a protected API and its repeats: an adapter of an HTTP client consults it after each answer. An API
 * gets a nonce once and another token once; one that refuses fresh tokens too gets no further token for a minute.
 */
public class ProtectedCall internal constructor(
    private val audience: String,
    private val isAuthorizationServer: Boolean,
    private val vain: UnmetDemands,
) {
    private val granted = HashSet<ApiDemand>()

    /** A token that the API refused. */
    public var unwanted: String? = null
        private set

    /**
     * Whether the body of an answer may say what the server wants: only that of an authorization server. An API's own body may hold any
     * text, and must not send a request twice.
     */
    public fun mayTellInBody(status: Int, contentType: String?): Boolean = isAuthorizationServer && isRefusalInJson(status, contentType)

    /**
     * Whether to send the request once more.
     *
     * @param canRepeat whether its body can be sent again
     * @param sent the headers that went with it, as [dev.assay.core.client.AssayClient.headers] gave them; if they have no token, no repeat has one
     */
    public fun isRepeated(answer: ApiAnswer, canRepeat: Boolean, sent: Map<String, String>): Boolean {
        val attestation = sent[HeaderNames.ATTESTATION]
        val token = attestation ?: sent[HeaderNames.AUTHORIZATION]?.substringAfter(' ') ?: return false
        val demand = ApiDemand.of(answer, isAccess = attestation == null)
        val wantsToken = demand == ApiDemand.TOKEN
        if (demand == null || wantsToken && vain.isVain(audience) || !canRepeat) return false
        if (!granted.add(demand)) {
            if (wantsToken) vain.note(audience)
            return false
        }
        unwanted = if (wantsToken) token else null
        return true
    }
}

/** Audiences that refused a fresh token too: a misconfigured base URL must not cause an exchange with every request. */
internal class UnmetDemands(private val clock: Clock) {
    private val until = HashMap<String, Double>()

    @Synchronized
    fun isVain(audience: String): Boolean = clock.monotonic() < (until[audience] ?: 0.0)

    @Synchronized
    fun note(audience: String) {
        until[audience] = clock.monotonic() + LONG
    }

    private companion object {
        const val LONG = 60_000.0
    }
}
