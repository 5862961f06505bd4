package dev.assay.core.running

import java.util.concurrent.CountDownLatch
import kotlin.coroutines.Continuation
import kotlin.coroutines.EmptyCoroutineContext
import kotlin.coroutines.startCoroutine

/** What `work` gives, waited for: from any thread but the main one, and the client's own. */
public fun <T> awaitBlocking(work: suspend () -> T): T {
    val done = CountDownLatch(1)
    var outcome: Result<T>? = null
    work.startCoroutine(
        Continuation(EmptyCoroutineContext) {
            outcome = it
            done.countDown()
        },
    )
    done.await()
    return checkNotNull(outcome).getOrThrow()
}
