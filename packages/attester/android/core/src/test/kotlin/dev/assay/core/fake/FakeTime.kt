package dev.assay.core.fake

import dev.assay.core.client.Clock
import dev.assay.core.running.Scheduler

/**
 * Time that passes only on command, and a device whose wall clock may be wrong. Everything runs on the caller's
 * thread.
 */
class FakeTime : Scheduler {
    private class Waiting(val due: Double, val task: () -> Unit)

    private var now = 5_000.0
    private var wallError = 0.0
    private var slept = 0.0
    private val ready = ArrayDeque<() -> Unit>()
    private val waiting = ArrayList<Waiting>()

    val clock = object : Clock {
        override fun monotonic() = now

        override fun wall() = TRUE_START + now + slept + wallError
    }

    override fun post(task: () -> Unit) {
        ready.addLast(task)
    }

    override fun aside(task: () -> Unit) = task()

    override fun set(milliseconds: Double, task: () -> Unit): Any = Waiting(now + milliseconds, task).also(waiting::add)

    override fun clear(handle: Any?) {
        waiting.remove(handle)
    }

    /** The true Unix seconds, at the service. */
    fun trueSeconds(): Long = Math.floor((TRUE_START + now + slept) / 1000).toLong()

    /** Lets time pass: timers fire in order, and what they start is carried out. */
    fun advance(milliseconds: Double) {
        val end = now + milliseconds
        idle()
        while (true) {
            val next = waiting.filter { it.due <= end }.minByOrNull(Waiting::due) ?: break
            now = maxOf(now, next.due)
            waiting.remove(next)
            next.task()
            idle()
        }
        now = end
        idle()
    }

    fun idle() {
        while (true) (ready.removeFirstOrNull() ?: return)()
    }

    fun setWall(byMilliseconds: Double) {
        wallError += byMilliseconds
    }

    /** The device sleeps: its monotonic clock and its timers stand still. */
    fun sleep(milliseconds: Double) {
        slept += milliseconds
    }

    /** Timers that are set, in milliseconds from now. */
    fun pending(): List<Double> = waiting.map { it.due - now }.sorted()

    private companion object {
        const val TRUE_START = 1_790_000_000_000.0 - 5_000.0
    }
}
