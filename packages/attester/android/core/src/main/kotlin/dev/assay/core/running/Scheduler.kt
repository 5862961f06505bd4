package dev.assay.core.running

/**
 * Where a client runs: everything that touches its state runs on one lane, one task after the other; blocking work runs
 * elsewhere. Tests pass one whose time stands still.
 */
public interface Scheduler {
    /** Runs `task` on the lane, after all that was posted before. */
    public fun post(task: () -> Unit)

    /** Posts `task` once after so many milliseconds. What it returns goes to [clear]. */
    public fun set(milliseconds: Double, task: () -> Unit): Any

    /** Cancels what [set] returned; without effect once the task has run. */
    public fun clear(handle: Any?)

    /** @throws IllegalStateException on a thread that must not wait for the client */
    public fun checkMayWait(): Unit = Unit

    /** Runs `task`, which may block, off the lane. */
    public fun aside(task: () -> Unit)
}
