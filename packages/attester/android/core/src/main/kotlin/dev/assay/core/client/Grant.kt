package dev.assay.core.client

import kotlin.math.abs
import kotlin.math.max
import kotlin.math.min

/** Both clocks at one moment, in milliseconds. */
internal class Reading(val monotonic: Double, val wall: Double) {
    companion object {
        fun of(clock: Clock) = Reading(clock.monotonic(), clock.wall())
    }
}

/**
 * The result of one exchange: the answer of the service, and what belongs to it.
 *
 * @property key the one that the tokens name
 * @property sentAt when the request was sent, so that transit time counts against the tokens
 * @property offset milliseconds to add to the wall clock to get the time of the service
 */
internal class Grant(
    val tokens: List<IssuedToken>,
    val refreshAfter: Double,
    val trace: String,
    val key: InstallationKey,
    val sentAt: Reading,
    val offset: Double,
    val remedies: Map<String, Remedy?>,
) {
    /** Seconds until the first of the tokens expires, as the service counted them. */
    val shortestLife: Double get() = tokens.minOf(IssuedToken::expiresIn)

    /**
     * Milliseconds for which a token may still be sent. A twentieth of its lifetime, at most 5 s, is reserved for
     * transit.
     */
    fun remaining(token: IssuedToken, clock: Clock): Double =
        left(token.expiresIn - min(5.0, token.expiresIn / 20), clock)

    /**
     * Milliseconds until the next exchange is due: at half of the shortest lifetime, or earlier if the service says so.
     */
    fun untilRefresh(clock: Clock): Double {
        val half = shortestLife / 2
        return left(min(half, if (refreshAfter == 0.0) half else refreshAfter), clock)
    }

    /**
     * Whether one of the clocks was set, or stood still, since the offset was learned: then it is unclear which of the
     * two is right, and the offset must be learned again.
     */
    fun isClockInDoubt(clock: Clock): Boolean {
        val (monotonic, wall) = since(clock)
        return abs(monotonic - wall) > 30_000
    }

    /** Milliseconds since the tokens were requested, by whichever clock shows more. */
    private fun since(clock: Clock): Pair<Double, Double> =
        Pair(clock.monotonic() - sentAt.monotonic, clock.wall() - sentAt.wall)

    /**
     * Milliseconds left of a lifetime given in seconds. The monotonic clock decides, unless the wall clock is ahead: a
     * token that seems older than it is costs one exchange; one that seems younger costs a refused request.
     */
    private fun left(seconds: Double, clock: Clock): Double {
        val (monotonic, wall) = since(clock)
        return seconds * 1000 - max(monotonic, wall)
    }
}
