package dev.assay.platform

import android.os.SystemClock
import dev.assay.core.client.Clock

/** Includes the time that the device sleeps. */
internal object AndroidClock : Clock {
    override fun monotonic(): Double = SystemClock.elapsedRealtimeNanos() / 1e6

    override fun wall(): Double = System.currentTimeMillis().toDouble()
}
