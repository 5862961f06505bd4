package dev.assay.core.client

import dev.assay.core.AssayException
import dev.assay.core.running.Scheduler

/** What events say about tokens: never the tokens themselves. */
public sealed class AssayEvent {
    /** The name of the event in all SDKs, such as `refresh-failed`. */
    public abstract val name: String

    /**
     * Tokens came: the first of this client, or (`isRefresh`) replacements for earlier ones.
     *
     * @property isRefresh whether this client had tokens before
     * @property audiences those that a token came for, in the order of the options
     * @property expiresIn seconds until the first of the tokens expires
     * @property trace identifies the exchange to the operator of the service
     * @property clockOffset seconds by which the clock of the device is behind that of the service; negative if it is ahead
     * @property source from the service now, or obtained by another process or before a restart
     * @property reason why an exchange was made
     * @property durations milliseconds by step of the exchange; none if it was not made here
     */
    public class Token(
        public val isRefresh: Boolean,
        public val audiences: List<String>,
        public val expiresIn: Double,
        public val trace: String,
        public val clockOffset: Double,
        public val source: TokenOrigin,
        public val reason: ExchangeReason,
        public val durations: Map<String, Double>,
    ) : AssayEvent() {
        override val name: String get() = if (isRefresh) "refreshed" else "token"
    }

    /**
     * An exchange failed. Existing tokens stay in use while they are valid.
     *
     * @property error what the callers that waited for the exchange got
     * @property retryIn seconds until the next attempt; callers get `error` until then
     * @property reason why the exchange was made
     */
    public class RefreshFailed(public val error: AssayException, public val retryIn: Double, public val reason: ExchangeReason) :
        AssayEvent() {
        override val name: String get() = "refresh-failed"
    }

    /**
     * The service denied the attestation. [RefreshFailed] comes as well.
     *
     * @property error with the code `attestation_denied`
     */
    public class Denied(public val error: AssayException) : AssayEvent() {
        override val name: String get() = "denied"

        /** Names the exchange to the operator of the service; `null` if the answer had none. */
        public val trace: String? get() = error.trace

        /** What the user can do, where the operator lets the app say it. */
        public val remedy: Remedy? get() = error.remedy
    }

    /**
     * The installation key could not be used and was replaced: the service sees a new installation.
     *
     * @property cause what the key store threw
     */
    public class KeyRenewed(public val cause: Throwable?) : AssayEvent() {
        override val name: String get() = "key-renewed"
    }

    /**
     * Hardware could not attest a key, so another kind of evidence must suffice.
     *
     * @property vendorCode the key store's own, such as `-74`
     */
    public class AttestationUnavailable(public val vendorCode: String) : AssayEvent() {
        override val name: String get() = "attestation-unavailable"
    }

    /**
     * The app has more compressed code than memory may hold, and it cannot be kept on disk either, or not all of it: each
     * exchange inflates it again, which takes seconds. Store code uncompressed.
     *
     * @property reason `code_size` (above 256 MB), `free_space` (less than 1 GB) or `write_failed`
     */
    public class CodeCacheUnavailable(public val reason: String) : AssayEvent() {
        override val name: String get() = "code-cache-unavailable"
    }
}

/**
 * Where tokens came from.
 *
 * @property text as all SDKs name it
 */
public enum class TokenOrigin(public val text: String) {
    /** From the service, for this client. */
    EXCHANGE("exchange"),

    /** From another process of the app, or from before its restart. */
    SHARED("shared"),
}

/**
 * Why an exchange was made.
 *
 * @property text as all SDKs name it
 */
public enum class ExchangeReason(public val text: String) {
    /** There was no token yet, or no longer one. */
    NO_TOKEN("no-token"),

    /** The caller, or the API, wanted another token. */
    WANTED("wanted"),

    /** A clock of the device was set. */
    CLOCK("clock"),

    /** Half of the lifetime of the tokens is over. */
    DUE("due"),
}

/** The subscription of a listener. */
public fun interface Subscription {
    /** Removes the listener: no event after this call reaches it. A second call does nothing. */
    public fun cancel()
}

internal class Events(private val scheduler: Scheduler) {
    private val listeners = java.util.concurrent.CopyOnWriteArrayList<(AssayEvent) -> Unit>()

    fun on(listener: (AssayEvent) -> Unit): Subscription {
        // A separate entry, so that a listener that was added twice is removed one by one.
        val entry: (AssayEvent) -> Unit = { listener(it) }
        listeners.add(entry)
        return Subscription { listeners.remove(entry) }
    }

    /** Called a turn later and separately, so that a listener that throws breaks no exchange. */
    fun emit(event: AssayEvent) {
        for (one in listeners) scheduler.post { if (one in listeners) one(event) }
    }
}
