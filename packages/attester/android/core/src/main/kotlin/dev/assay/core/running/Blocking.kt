package dev.assay.core.running

import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import kotlin.coroutines.Continuation
import kotlin.coroutines.EmptyCoroutineContext
import kotlin.coroutines.startCoroutine

/**
 * Waits for the result of `work`: on any thread but the main one and the client's own.
 *
 * @param whileWaiting is called ten times a second; what it throws ends the wait, but the work goes on
 * @throws IllegalStateException on a client's own thread, which would wait for itself
 * @throws InterruptedException if the thread is interrupted; the work goes on as above
 */
public fun <T> awaitBlocking(whileWaiting: () -> Unit = {}, work: suspend () -> T): T {
    check(Thread.currentThread() !is LaneThread) { "blocks the client's own thread: call it from another one, or use a callback" }
    val done = CountDownLatch(1)
    var outcome: Result<T>? = null
    work.startCoroutine(
        Continuation(EmptyCoroutineContext) {
            outcome = it
            done.countDown()
        },
    )
    while (!done.await(100, TimeUnit.MILLISECONDS)) whileWaiting()
    return checkNotNull(outcome).getOrThrow()
}
