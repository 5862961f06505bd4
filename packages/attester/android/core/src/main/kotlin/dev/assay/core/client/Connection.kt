package dev.assay.core.client

import dev.assay.core.AssayErrorCode
import dev.assay.core.AssayException
import dev.assay.core.orFail
import dev.assay.core.running.Lifetime
import dev.assay.core.wire.JsonReader

/** A valid answer of the service, and when its request was sent. */
internal class Answered<T>(val answer: T, val sentAt: Reading)

/** Calls the service. Used on the lane only. */
internal class Connection(private val config: ClientConfig, private val lifetime: Lifetime, private val chance: () -> Double) {
    private var current = 0

    /**
     * Sends `body` to the service, byte for byte the same each time, until an endpoint gives an answer of the right form:
     * each endpoint up to three times, within 30 s.
     *
     * @throws AssayException at once if the service refused the request; after the last attempt for a malfunction
     */
    suspend fun <T : Any> post(path: String, body: String, read: (Map<String, Any?>) -> T?): Answered<T> {
        val clock = config.ports.clock
        val begun = clock.monotonic()
        var attempt = 0
        while (true) {
            attempt++
            val sentAt = Reading.of(clock)
            try {
                return Answered(send(path, body, read), sentAt)
            } catch (error: AssayException) {
                if (!isMalfunction(error)) throw error
                current = (current + 1) % config.endpoints.size
                // Another endpoint is tried at once; the pause comes when all have failed.
                val round = attempt.toDouble() / config.endpoints.size
                val pause = if (round % 1 != 0.0) 0.0 else backOff(round - 1, error, chance())
                val isLate = clock.monotonic() - begun + pause > LONGEST_TOGETHER
                if (round >= ROUNDS || pause > LONGEST_PAUSE || isLate) throw error
                lifetime.sleep(pause)
            }
        }
    }

    private suspend fun <T : Any> send(path: String, body: String, read: (Map<String, Any?>) -> T?): T =
        lifetime.within(config.options.requestTimeout.toDouble()) { abort ->
            orFail(AssayErrorCode.NETWORK) {
                val answer = config.ports.http.post(config.endpoints[current] + path, body, abort)
                // Anything but a JSON object counts as an object without members: it does not have the form of any
                // answer.
                val members = JsonReader.readObject(answer.body).orEmpty()
                if (answer.status !in 200..299) throw readRefusal(answer.status, members, answer.retryAfter)
                read(members) ?: throw AssayException(AssayErrorCode.RESPONSE_INVALID)
            }
        }

    private companion object {
        const val ROUNDS = 3
        const val LONGEST_TOGETHER = 30_000.0

        /** A caller waits no longer between two attempts: three seconds as requested, and a random quarter. */
        const val LONGEST_PAUSE = 3_750.0

        /** Malfunctions that may not occur at another endpoint or another time. */
        fun isMalfunction(error: AssayException): Boolean = when (error.code) {
            AssayErrorCode.NETWORK,
            AssayErrorCode.TIMEOUT,
            AssayErrorCode.SERVICE_UNAVAILABLE,
            AssayErrorCode.RESPONSE_INVALID,
            -> true
            else -> false
        }
    }
}
