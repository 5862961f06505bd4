package dev.assay.core.client

import dev.assay.core.AssayErrorCode
import dev.assay.core.AssayException
import dev.assay.core.orFail
import dev.assay.core.running.Lane
import dev.assay.core.running.Lifetime
import dev.assay.core.running.Outcome
import kotlin.math.max

/** A token with what its proof needs. `left`: milliseconds for which it may still be sent. */
internal class Held(val grant: Grant, val issued: IssuedToken, val left: Double) {
    val token: String get() = issued.token
}

/** For the lock, and between two attempts at it. Milliseconds. */
private const val LONGEST_WAIT = 30_000.0
private const val PAUSE = 50.0

/** Whether a token will do; if not, or if there is none yet (`null`), an exchange may give another. */
internal typealias Accepts = (token: String?) -> Boolean

/** Tokens, and when the next exchange is made. Used on the lane only. */
internal class TokenSource(
    private val config: ClientConfig,
    private val lane: Lane,
    private val exchange: Exchange,
    private val keys: Keys,
    private val kept: KeptState,
    private val gaveUp: Failures,
    private val events: Events,
    private val lifetime: Lifetime,
    private val chance: () -> Double,
) {
    private val clock = config.ports.clock
    private var grant: Grant? = null
    private var inFlight: Outcome<Unit>? = null
    private var failures = 0
    private var failed: Failed? = null

    /** The last of the denials in a row under one code; malfunctions between them do not count. */
    private var refusal: AssayException? = null
    private var refusals = 0
    private var timer: Any? = null
    private var lastUse = 0.0

    private class Failed(val until: Double, val error: AssayException)

    val state: AssayState
        get() = AssayState(
            isExchanging = inFlight != null,
            expiresIn = grant?.let { held -> held.tokens.minOf { held.remaining(it, clock) } / 1000 }?.takeIf { it > 0 },
            error = failed?.error,
        )

    /**
     * An acceptable token; if no exchange is possible, an unacceptable one is an error.
     *
     * @throws AssayException
     */
    suspend fun get(audience: String, accepts: Accepts): Held {
        lifetime.check()
        lastUse = clock.monotonic()
        val held = find(audience)
        if (held != null) schedule()
        val reason = reasonFor(held, accepts)
        val failure = if (reason == null) null else failureOf { renew(accepts, reason) }
        val found = find(audience)
        // A failure reaches every caller that is left without an acceptable token.
        if (found != null && (failure == null || accepts(found.token))) return found
        throw failure ?: AssayException(AssayErrorCode.ATTESTATION_DENIED, trace = grant?.trace, remedy = grant?.remedies?.get(audience))
    }

    /**
     * The network is back, or the app came to the foreground: the pause after a failure ends, and a refresh that is due
     * is made.
     */
    fun wake() {
        if (refusals < MOST_REFUSALS && failed?.let { isOffline(it.error) } == true) failed = null
        reschedule()
    }

    /** Forgets tokens, key and everything kept. */
    suspend fun reset() {
        lifetime.check()
        inFlight?.let { failureOf { it.await() } }
        exclusively {
            orFail(AssayErrorCode.KEY_STORE_FAILED) {
                lane.aside {
                    kept.clear()
                    config.ports.keyStore.clear()
                }
            }
        }
        exchange.forget()
        grant = null
        failed = null
        failures = 0
        refusals = 0
        refusal = null
        end()
    }

    fun end() {
        config.ports.scheduler.clear(timer)
        timer = null
    }

    private fun find(audience: String): Held? {
        val held = grant ?: return null
        return held.tokens
            .map { Held(held, it, held.remaining(it, clock)) }
            .firstOrNull { it.issued.audience == audience && it.left > 0 }
    }

    /** Why an exchange is needed; `null` if none is. */
    private fun reasonFor(held: Held?, accepts: Accepts): ExchangeReason? {
        val current = grant ?: return ExchangeReason.NO_TOKEN
        if (!accepts(held?.token)) return ExchangeReason.WANTED
        if (held != null) return if (current.isClockInDoubt(clock)) ExchangeReason.CLOCK else null
        // If the service has just left this audience out, asking again would not help.
        return if (current.untilRefresh(clock) <= 0) ExchangeReason.NO_TOKEN else null
    }

    /** One exchange at a time: callers that need one while it is under way share it. */
    private suspend fun renew(accepts: Accepts, reason: ExchangeReason) {
        val outcome = inFlight ?: Outcome<Unit>().also { made ->
            inFlight = made
            lane.start({ attempt(accepts, reason) }) {
                inFlight = null
                made.settle(it)
            }
        }
        outcome.await()
    }

    private suspend fun attempt(accepts: Accepts, reason: ExchangeReason) {
        // Only a call that forces an exchange accepts no token at all: a user has tapped, perhaps as support told them to.
        val isDenied = refusals >= MOST_REFUSALS
        val isForced = isDenied && !accepts(null)
        failed?.let { if (clock.monotonic() < it.until && !isForced) throw it.error }
        try {
            exclusively { exchangeOrAdopt(accepts, reason, refusal.takeIf { isDenied && !isForced }) }
        } catch (error: AssayException) {
            if (error.code != AssayErrorCode.CLOSED) fail(error, reason)
            throw error
        }
    }

    /**
     * Runs while no other process of the app does. If the lock is not available, each may make its own exchange: a
     * process that the system freezes in the middle of one keeps the lock for as long as it is frozen.
     *
     * @throws AssayException `closed`
     */
    private suspend fun exclusively(work: suspend () -> Unit) {
        val end = clock.monotonic() + LONGEST_WAIT
        var isLocked: Boolean?
        while (true) {
            isLocked = lane.aside { runCatching { config.ports.state.tryAcquire() }.getOrNull() }
            if (isLocked != false || clock.monotonic() >= end) break
            lifetime.sleep(PAUSE)
        }
        try {
            work()
        } finally {
            if (isLocked == true) lane.aside { runCatching { config.ports.state.release() } }
        }
    }

    /**
     * Takes over what another process, or this app before its restart, has obtained, if that is newer; otherwise
     * obtains it.
     */
    private suspend fun exchangeOrAdopt(accepts: Accepts, reason: ExchangeReason, denied: AssayException?) {
        val key = keys.open()
        val found = key?.let { lane.aside { kept.loadGrant(it) } }
        if (found != null && isNews(found, accepts)) return accept(found, TokenOrigin.SHARED, reason, emptyMap())
        val durations = Durations(clock)
        val next = exchange.run(key, durations, denied)
        lifetime.check()
        accept(next, TokenOrigin.EXCHANGE, reason, durations.all())
    }

    private fun isNews(found: Grant, accepts: Accepts): Boolean = found.tokens.all { one ->
        accepts(one.token) && grant?.tokens?.any { it.token == one.token } != true && found.remaining(one, clock) > 0
    }

    private fun accept(next: Grant, source: TokenOrigin, reason: ExchangeReason, durations: Map<String, Double>) {
        val isRefresh = grant != null
        grant = next
        failures = 0
        refusals = 0
        refusal = null
        failed = null
        events.emit(
            AssayEvent.Token(
                isRefresh = isRefresh,
                audiences = next.tokens.map(IssuedToken::audience),
                expiresIn = next.shortestLife,
                trace = next.trace,
                clockOffset = next.offset / 1000,
                source = source,
                reason = reason,
                durations = durations,
            ),
        )
        reschedule()
    }

    private fun fail(error: AssayException, reason: ExchangeReason) {
        gaveUp.note(error)
        // What the service refuses for good.
        if (!error.retryable && error.problem != null) {
            refusals = if (error.problem == refusal?.problem) refusals + 1 else 1
            refusal = error
        }
        val wait = if (refusals < MOST_REFUSALS) backOff((++failures).toDouble(), error, chance()) else backOffWhileRefused(chance())
        failed = Failed(clock.monotonic() + wait, error)
        events.emit(AssayEvent.RefreshFailed(error, wait / 1000, reason))
        if (error.code == AssayErrorCode.ATTESTATION_DENIED) events.emit(AssayEvent.Denied(error))
        reschedule()
    }

    /**
     * Schedules the next background exchange, unless it is scheduled: up to a tenth earlier, so that not all come at
     * once.
     */
    private fun schedule() {
        val current = grant ?: return
        val due = current.untilRefresh(clock) * (1 - chance() / 10)
        val allowed = (failed?.until ?: 0.0) - clock.monotonic()
        if (timer == null) timer = config.ports.scheduler.set(max(max(due, allowed), 0.0), ::refresh)
    }

    private fun refresh() {
        timer = null
        // An app that requests no token needs none: its next `get` starts again.
        if (clock.monotonic() - lastUse > config.options.idleAfter) return
        lane.start({ failureOf { renew({ true }, ExchangeReason.DUE) } }) {}
    }

    private fun reschedule() {
        end()
        schedule()
    }

    private suspend fun failureOf(work: suspend () -> Unit): AssayException? = try {
        work()
        null
    } catch (error: AssayException) {
        error
    }
}

/**
 * The state of a client, for a screen of the app.
 *
 * @property expiresIn seconds for which the first of the tokens may still be sent; `null` if none is valid
 * @property error of the last exchange, while it counts
 */
public class AssayState(public val isExchanging: Boolean, public val expiresIn: Double?, public val error: AssayException?)
