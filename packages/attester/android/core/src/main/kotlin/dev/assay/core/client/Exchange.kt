package dev.assay.core.client

import dev.assay.core.AssayErrorCode
import dev.assay.core.AssayException
import dev.assay.core.KeyStoreUnavailableException
import dev.assay.core.orFail
import dev.assay.core.running.Lane

/** Exchanges evidence for tokens. Used on the lane only, and never run twice at the same time. */
internal class Exchange(
    private val config: ClientConfig,
    private val lane: Lane,
    private val connection: Connection,
    private val preparation: Preparation,
    private val keys: Keys,
    private val kept: KeptState,
) {
    /** The request that was sent but not answered yet. It outlives a failed exchange, and the process. */
    private var pending: Prepared? = null

    /**
     * One exchange for all audiences.
     *
     * @param denied why the service refuses this installation for good: thrown again where a new key would be made
     * @throws AssayException
     */
    suspend fun run(key: InstallationKey?, durations: Durations, denied: AssayException?): Grant {
        var current = key
        val healed = HashSet<AssayErrorCode>()
        while (true) {
            try {
                val isNew = healed.contains(AssayErrorCode.EVIDENCE_FAILED)
                val ready = pendingOf(current) ?: preparation.prepare(current, isNew, durations, denied).also { keep(it) }
                current = ready.key
                return send(ready, durations)
            } catch (error: AssayException) {
                val isCurable = error.code == AssayErrorCode.CHALLENGE_STALE ||
                    error.code == AssayErrorCode.KEY_STORE_FAILED && error.cause !is KeyStoreUnavailableException ||
                    error.code == AssayErrorCode.EVIDENCE_FAILED && error.problem != null
                // After other malfunctions the service may have processed the request and the answer may be lost.
                if (isCurable || !error.retryable) keep(null)
                if (!isCurable || !healed.add(error.code)) throw error
                if (error.code == AssayErrorCode.KEY_STORE_FAILED) current = keys.renew(error)
            }
        }
    }

    fun forget() {
        pending = null
    }

    private suspend fun pendingOf(key: InstallationKey?): Prepared? {
        if (key == null || !config.isMeasured) return null
        val ready = pending ?: lane.aside { kept.loadPrepared(key) }
        return ready?.takeIf { it.key.publicJwk == key.publicJwk && it.isGood(config.ports.clock) }
    }

    private suspend fun keep(prepared: Prepared?) {
        // With a development secret, nothing outlives the process.
        if (!config.isMeasured) return
        pending = prepared
        lane.aside { kept.savePrepared(prepared) }
    }

    private suspend fun send(ready: Prepared, durations: Durations): Grant {
        val clock = config.ports.clock
        val path = if (config.isMeasured) "/v1/attestations" else "/v1/development-tokens"
        val answered = durations.of("attestation") { connection.post(path, ready.body, ::readAttestationAnswer) }
        val answer = answered.answer
        val grant = Grant(
            answer.tokens,
            answer.refreshAfter,
            answer.trace,
            ready.key,
            answered.sentAt,
            answer.serverTime * 1000 - clock.wall(),
            answer.remedies,
        )
        // The body is removed last: whenever the process dies, either it or its result is kept.
        lane.aside {
            // A development secret enrols nobody.
            if (config.isMeasured) kept.saveEnrolled(ready.key)
            kept.saveGrant(grant)
            // The previous key signs only for the previous tokens.
            runCatching { config.ports.keyStore.keep(ready.key) }
        }
        keep(null)
        return grant
    }
}

/** Milliseconds by step of an exchange. */
internal class Durations(private val clock: Clock) {
    private val taken = LinkedHashMap<String, Double>()

    suspend fun <T> of(step: String, work: suspend () -> T): T {
        val begun = clock.monotonic()
        try {
            return work()
        } finally {
            taken[step] = (taken[step] ?: 0.0) + clock.monotonic() - begun
        }
    }

    fun all(): Map<String, Double> = taken
}

/** The installation key in its store. */
internal class Keys(private val config: ClientConfig, private val lane: Lane, private val events: Events) {
    /**
     * `null` if there is none. A key that cannot be opened is discarded, unless it may be opened later.
     *
     * @throws AssayException `key_store_failed`
     */
    suspend fun open(): InstallationKey? = try {
        lane.aside { config.ports.keyStore.open() }
    } catch (cause: KeyStoreUnavailableException) {
        throw AssayException(AssayErrorCode.KEY_STORE_FAILED, cause)
    } catch (cause: Exception) {
        renew(cause)
    }

    /**
     * Discards a key that cannot be used. A key that is attested at its creation is made once there is a challenge for
     * it; any other is made now.
     */
    suspend fun renew(cause: Throwable): InstallationKey? {
        val next = orFail(AssayErrorCode.KEY_STORE_FAILED) {
            lane.aside {
                if (config.options.attestsKey) null.also { config.ports.keyStore.clear() } else config.ports.keyStore.create(null)
            }
        }
        events.emit(AssayEvent.KeyRenewed(cause))
        return next
    }

    /**
     * @throws AssayException `key_store_failed`, or `evidence_failed` if the key was to be attested; with the vendor's
     * code
     */
    suspend fun create(commitment: ByteArray?): InstallationKey {
        val code = if (commitment == null) AssayErrorCode.KEY_STORE_FAILED else AssayErrorCode.EVIDENCE_FAILED
        return orFail(code) {
            try {
                lane.aside { config.ports.keyStore.create(commitment) }
            } catch (cause: KeyStoreUnavailableException) {
                throw AssayException(AssayErrorCode.KEY_STORE_FAILED, cause)
            }
        }
    }
}
