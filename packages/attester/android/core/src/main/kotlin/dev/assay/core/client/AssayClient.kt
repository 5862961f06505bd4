package dev.assay.core.client

import dev.assay.core.AssayErrorCode
import dev.assay.core.AssayException
import dev.assay.core.request.Authorizer
import dev.assay.core.request.HeaderNames
import dev.assay.core.request.ProofHeaders
import dev.assay.core.request.ProtectedCall
import dev.assay.core.request.UnmetDemands
import dev.assay.core.request.WebUrl
import dev.assay.core.running.Lane
import dev.assay.core.running.Lifetime
import dev.assay.core.running.awaitBlocking
import kotlin.coroutines.resumeWithException
import kotlin.coroutines.resume
import kotlin.coroutines.suspendCoroutine
import kotlin.math.floor

/**
 * A token for one audience.
 *
 * @property audience that it is for
 * @property token for the header `OAuth-Client-Attestation`, or for `Authorization` if it has a `tokenType`. In bound mode it is useless without a proof
 * @property expiresIn seconds for which it may still be sent; the client gets another before that
 * @property trace identifies the exchange to the operator
 * @property tokenType the scheme in `Authorization`, if the API takes tokens of the kind `access`
 */
public class AssayToken(
    public val audience: String,
    public val token: String,
    public val expiresIn: Long,
    public val trace: String,
    public val tokenType: TokenType? = null,
)

/**
 * A client over ports. Its functions may be called from any thread, and suspend without blocking it. They do not notice
 * that their coroutine is cancelled: they return when the exchange ends.
 */
public class AssayClient(options: ClientOptions, ports: ClientPorts) {
    private val config = ClientConfig(options, ports)
    private val lane = Lane(ports.scheduler)
    private val lifetime = Lifetime(lane)
    private val events = Events(ports.scheduler)
    private val tokens: TokenSource
    private val authorizer: Authorizer
    private val vain = UnmetDemands(ports.clock)
    private val preparation: Preparation

    init {
        // At least 0, below 1.
        val chance = { (ports.random.next(1)[0].toInt() and 0xff) / 256.0 }
        val connection = Connection(config, lifetime, chance)
        val kept = KeptState(config)
        val keys = Keys(config, lane, events)
        val failures = Failures()
        val measure = Measure(config, lane, lifetime, events)
        preparation = Preparation(config, lane, connection, measure, Collector(config, lane), keys, kept, failures, events)
        val exchange = Exchange(config, lane, connection, preparation, keys, kept)
        tokens = TokenSource(config, lane, exchange, keys, kept, failures, events, lifetime, chance)
        authorizer = Authorizer(config, lane, tokens)
    }

    /** Distinct audiences, in the order of the options. */
    public val audiences: List<String> get() = config.audienceList

    /** What a request without a token does. */
    public val withoutToken: WithoutToken get() = config.options.withoutToken

    /**
     * A valid token, from memory or by an exchange that all callers share.
     *
     * @param audience may be left out if the options name only one
     * @param forceRefresh by an exchange even if a valid token is available, and an error if that fails
     * @throws AssayException when no token is available
     * @throws IllegalArgumentException for another audience
     */
    public suspend fun getToken(audience: String? = null, forceRefresh: Boolean = false): AssayToken {
        val wanted = audience ?: config.audienceList.singleOrNull()
        require(wanted != null && wanted in config.audienceList) { "audience: missing or wrong" }
        return onLane {
            val held = tokens.get(wanted) { !forceRefresh }
            AssayToken(wanted, held.token, floor(held.left / 1000).toLong(), held.grant.trace, held.issued.type)
        }
    }

    /** The audience of the protected API that a URL belongs to, or `null` for every other URL. */
    public fun audienceOf(url: String): String? = WebUrl.parse(url)?.let(config.protectedUrls::audienceOf)

    /**
     * Token and proof for one request of another HTTP client. Each request needs its own.
     *
     * @param method as sent
     * @param authorization the header `Authorization` of the request, to which the proof is bound if it carries a token; `authorization_present`
     * for an API that takes its own token in that field
     * @param nonce one that the API gave; by default the last one that [learn] saw
     * @param unwanted a token that the API refused, so that another is needed
     * @throws AssayException
     * @throws IllegalArgumentException for a URL that is not that of a protected API
     */
    public suspend fun proof(
        method: String,
        url: String,
        authorization: String? = null,
        nonce: String? = null,
        unwanted: String? = null,
    ): ProofHeaders {
        val parsed = WebUrl.parse(url)
        val audience = parsed?.let(config.protectedUrls::audienceOf)
        require(parsed != null && audience != null) { "url: missing or wrong" }
        return onLane { authorizer.authorize(audience, parsed, method, authorization, nonce, unwanted) }
    }

    /**
     * The headers of one request in any case: token and proof, or `Assay-Status` if the app chose that.
     *
     * @throws AssayException if the app chose not to send requests without a token
     */
    public suspend fun headers(method: String, url: String, authorization: String?, unwanted: String?): Map<String, String> = try {
        proof(method, url, authorization, null, unwanted).toMap()
    } catch (error: AssayException) {
        val isSentWithout = withoutToken == WithoutToken.SEND && error.code != AssayErrorCode.AUTHORIZATION_PRESENT
        if (!isSentWithout || error.code == AssayErrorCode.CLOSED) throw error
        mapOf(HeaderNames.STATUS to error.code.text)
    }

    /**
     * What the app calls its user, for support; `null` for none. The next exchange carries it, and none is made for it. Operators choose whether
     * the service keeps it, and nobody is judged by it.
     *
     * @param text 1 to 128 bytes of UTF-8, without control characters
     * @throws IllegalArgumentException for another text
     */
    public fun setReference(text: String?) {
        requireOption("reference", text == null || isReference(text))
        preparation.reference = text
    }

    /** Those of [audiences] that are authorization servers. */
    public val authorizationServers: List<String> = options.authorizationServers

    /** The course of one request to a protected API, for an adapter. `null` for the URL of anything else. */
    public fun call(url: String): ProtectedCall? = audienceOf(url)?.let { ProtectedCall(it, it in authorizationServers, vain) }

    /** Keeps the nonce that an answer of a protected API brought. `header` gives the first value by name. */
    public fun learn(url: String, header: (String) -> String?) {
        val parsed = WebUrl.parse(url) ?: return
        val found = authorizer.noncesIn(header)
        if (found.isNotEmpty()) lane.scheduler.post { authorizer.learn(parsed, found) }
    }

    /** Calls `listener` at each event, on the client's own thread, until the subscription is cancelled. */
    public fun on(listener: (AssayEvent) -> Unit): Subscription = events.on(listener)

    /** The current state of the client. */
    public suspend fun state(): AssayState = onLane { tokens.state }

    /** The network is back, or the app came to the foreground: a refresh that is due is made at once. */
    public fun wake(): Unit = lane.scheduler.post { tokens.wake() }

    /**
     * Discards tokens, key and everything kept: the next exchange enrols a new installation.
     *
     * @throws AssayException `key_store_failed` if the key cannot be removed
     */
    public suspend fun reset(): Unit = onLane { tokens.reset() }

    /** Ends background work and everything that is waiting; each later call fails with `closed`. */
    public fun close() {
        lane.scheduler.post {
            lifetime.end()
            tokens.end()
        }
    }

    private companion object {
        /** Registration finds the SDK in an app's dex by this text. Nothing reads it: `consumer-rules.pro` keeps it. */
        private const val SDK_MARKER = "assay:sdk:$SDK;"
    }

    /**
     * Waits for the result of `work`, as [awaitBlocking] does.
     *
     * @param whileWaiting is called ten times a second; what it throws ends the wait
     * @throws IllegalStateException on the client's own thread, and wherever the platform's part forbids it
     */
    public fun <T> waitFor(whileWaiting: () -> Unit = {}, work: suspend () -> T): T {
        lane.scheduler.checkMayWait()
        return awaitBlocking(whileWaiting, work)
    }

    /** Runs `work` on the lane; callers continue on their own thread. */
    private suspend fun <T> onLane(work: suspend () -> T): T = suspendCoroutine { caller ->
        lane.scheduler.post {
            lane.start(work) { outcome -> outcome.fold(caller::resume, caller::resumeWithException) }
        }
    }
}
