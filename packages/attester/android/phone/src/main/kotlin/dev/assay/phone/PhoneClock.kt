package dev.assay.phone

import dev.assay.core.client.Clock

/** The clock of a phone whose owner has set it, or which has slept. */
class PhoneClock : Clock {
    @Volatile
    var wallError: Double = 0.0

    @Volatile
    var slept: Double = 0.0

    override fun monotonic(): Double = System.nanoTime() / 1e6 + slept

    override fun wall(): Double = System.currentTimeMillis() + slept + wallError
}
