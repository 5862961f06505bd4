package dev.assay.core.client

import dev.assay.core.AssayErrorCode
import dev.assay.core.AssayException
import kotlin.math.min
import kotlin.math.pow

private const val LONGEST = 60_000.0

/** The network returns without notice, and a failed attempt costs nobody anything. */
private const val LONGEST_WITHOUT_NETWORK = 5_000.0

/**
 * Milliseconds to wait after the `failures`-th failure in a row: 1 s doubling to 60 s (to 5 s while the network is away;
 * from 8 s after faults that trying again does not cure), of which the lower half is fixed and the upper half random.
 * If the service says how long to wait, that is obeyed, up to 60 s.
 *
 * @param chance at least 0 and below 1
 */
internal fun backOff(failures: Double, error: AssayException, chance: Double): Double {
    // Later than requested, never earlier: the service named the same moment to everyone.
    error.retryAfter?.let { return min(LONGEST, it * 1000 * (1 + chance / 4)) }
    val cap = if (isOffline(error)) LONGEST_WITHOUT_NETWORK else LONGEST
    val power = 2.0.pow(failures + if (error.retryable) 0 else 3)
    return min(cap, 500 * power) * (1 + chance) * 0.5
}

/** After so many denials in a row, under one code of the service, it will not change its mind by being asked again. */
internal const val MOST_REFUSALS = 3

/** Milliseconds between two exchanges from then on: four an hour at most. */
internal fun backOffWhileRefused(chance: Double): Double = 900_000.0 * (1 + chance / 4)

/** Whether the fault is between here and the service, and may end at any moment. */
internal fun isOffline(error: AssayException): Boolean =
    error.code == AssayErrorCode.NETWORK || error.code == AssayErrorCode.TIMEOUT
