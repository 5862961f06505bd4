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
 * What one exchange gave: the answer of the service, and what belongs to it.
 *
 * @property key the one that the tokens name
 * @property sentAt when the request was sent, so that the time on the way counts against the tokens
 * @property offset milliseconds to add to the wall clock to have the time at the service
 */
internal class Grant(
    val tokens: List<IssuedToken>,
    val refreshAfter: Double,
    val trace: String,
    val key: InstallationKey,
    val sentAt: Reading,
    val offset: Double,
) {
    /** Seconds until the first of the tokens expires, as the service counted them. */
    val shortestLife: Double get() = tokens.minOf(IssuedToken::expiresIn)

    /** Milliseconds for which a token may still be sent. A twentieth of its life, at most 5 s, is left for the way. */
    fun remaining(token: IssuedToken, clock: Clock): Double =
        left(token.expiresIn - min(5.0, token.expiresIn / 20), clock)

    /**
     * Milliseconds until it is time for an exchange: at half of the shortest life, or earlier if the service says so.
     */
    fun untilRefresh(clock: Clock): Double {
        val half = shortestLife / 2
        return left(min(half, if (refreshAfter == 0.0) half else refreshAfter), clock)
    }

    /**
     * Whether one of the clocks was set, or stood still, since the offset was learned: then nobody can tell which of
     * the two is right, and the offset must be learned again.
     */
    fun isClockInDoubt(clock: Clock): Boolean {
        val (monotonic, wall) = since(clock)
        return abs(monotonic - wall) > 30_000
    }

    /** Milliseconds since the tokens were asked for, by either clock. */
    private fun since(clock: Clock): Pair<Double, Double> =
        Pair(clock.monotonic() - sentAt.monotonic, clock.wall() - sentAt.wall)

    /**
     * Milliseconds of a life of so many seconds that are left. The monotonic clock decides, and the wall clock where
     * it is ahead: a token that seems older than it is costs one exchange, one that seems younger a refused request.
     */
    private fun left(seconds: Double, clock: Clock): Double {
        val (monotonic, wall) = since(clock)
        return seconds * 1000 - max(monotonic, wall)
    }
}
