package dev.assay.core.running

import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.ScheduledFuture
import java.util.concurrent.ScheduledThreadPoolExecutor
import java.util.concurrent.ThreadFactory
import java.util.concurrent.ThreadPoolExecutor
import java.util.concurrent.TimeUnit

/** A client's own thread: whoever waits here for the client waits for ever. */
internal class LaneThread(work: Runnable) : Thread(work, "assay")

/**
 * One thread for the lane and up to four for blocking work. They keep no process alive, and end after half a minute
 * without work.
 *
 * @param report gets what a task threw that nobody waits for, such as a listener of the app
 * @param mayWait throws `IllegalStateException` on threads on which the app must not wait
 */
public class ThreadScheduler(private val report: (Throwable) -> Unit, private val mayWait: () -> Unit = {}) : Scheduler {
    private val lane = ScheduledThreadPoolExecutor(1) { LaneThread(it).apply { isDaemon = true } }
    private val workers = ThreadPoolExecutor(4, 4, 30, TimeUnit.SECONDS, LinkedBlockingQueue(), daemons("assay-work"))

    init {
        lane.removeOnCancelPolicy = true
        lane.setKeepAliveTime(30, TimeUnit.SECONDS)
        lane.allowCoreThreadTimeOut(true)
        workers.allowCoreThreadTimeOut(true)
    }

    override fun post(task: () -> Unit): Unit = lane.execute { guarded(task) }

    override fun set(milliseconds: Double, task: () -> Unit): Any {
        val delay = Math.ceil(milliseconds).coerceIn(0.0, 4e9).toLong()
        return lane.schedule({ guarded(task) }, delay, TimeUnit.MILLISECONDS)
    }

    override fun clear(handle: Any?) {
        (handle as? ScheduledFuture<*>)?.cancel(false)
    }

    override fun checkMayWait(): Unit = mayWait()

    override fun aside(task: () -> Unit): Unit = workers.execute { guarded(task) }

    private fun guarded(task: () -> Unit) {
        try {
            task()
        } catch (thrown: Throwable) {
            report(thrown)
        }
    }

    private companion object {
        fun daemons(name: String) = ThreadFactory { Thread(it, name).apply { isDaemon = true } }
    }
}
