package dev.assay.core.running

import dev.assay.core.AssayErrorCode
import dev.assay.core.AssayException

/** Tells work that nobody waits for it any more. */
public class Abort {
    private var listener: (() -> Unit)? = null
    private var isAborted = false

    /**
     * Calls `listener`, from any thread, when the work is given up; at once if it already was. One listener at a time.
     */
    @Synchronized
    public fun onAbort(listener: () -> Unit) {
        if (isAborted) listener() else this.listener = listener
    }

    @Synchronized
    internal fun abort() {
        if (isAborted) return
        isAborted = true
        listener?.invoke()
    }
}

/** The lifetime of one client: nothing that waits here outlasts it. Used on the lane only. */
internal class Lifetime(private val lane: Lane) {
    private var isEnded = false
    private val stops = LinkedHashSet<() -> Unit>()

    fun end() {
        isEnded = true
        for (stop in stops.toList()) stop()
    }

    /** @throws AssayException `closed` */
    fun check() {
        if (isEnded) throw AssayException(AssayErrorCode.CLOSED)
    }

    /**
     * Returns the answer of `work`, unless the time is over first. Work that ignores the signal is abandoned.
     *
     * @throws AssayException `timeout`, `closed`
     */
    suspend fun <T> within(milliseconds: Double, work: suspend (Abort) -> T): T {
        val abort = Abort()
        val outcome = Outcome<T>()
        return waiting(
            milliseconds,
            onStop = {
                outcome.settle(Result.failure(AssayException(if (isEnded) AssayErrorCode.CLOSED else AssayErrorCode.TIMEOUT)))
                abort.abort()
            },
        ) {
            lane.start({ work(abort) }, outcome::settle)
            outcome.await()
        }
    }

    /** @throws AssayException `closed` */
    suspend fun sleep(milliseconds: Double) {
        val outcome = Outcome<Unit>()
        waiting(
            milliseconds,
            onStop = {
                outcome.settle(if (isEnded) Result.failure(AssayException(AssayErrorCode.CLOSED)) else Result.success(Unit))
            },
        ) { outcome.await() }
    }

    private suspend fun <T> waiting(milliseconds: Double, onStop: () -> Unit, work: suspend () -> T): T {
        check()
        stops.add(onStop)
        val timer = lane.scheduler.set(milliseconds, onStop)
        try {
            return work()
        } finally {
            lane.scheduler.clear(timer)
            stops.remove(onStop)
        }
    }
}
