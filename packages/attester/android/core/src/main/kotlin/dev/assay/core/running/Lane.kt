package dev.assay.core.running

import kotlin.coroutines.AbstractCoroutineContextElement
import kotlin.coroutines.Continuation
import kotlin.coroutines.ContinuationInterceptor
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.resume
import kotlin.coroutines.resumeWithException
import kotlin.coroutines.startCoroutine
import kotlin.coroutines.suspendCoroutine

/** Resumes waiting coroutines on the lane of a scheduler, so that two threads never touch their state. */
internal class Lane(val scheduler: Scheduler) : AbstractCoroutineContextElement(ContinuationInterceptor), ContinuationInterceptor {
    override fun <T> interceptContinuation(continuation: Continuation<T>): Continuation<T> =
        object : Continuation<T> {
            override val context = continuation.context

            override fun resumeWith(result: Result<T>) = scheduler.post { continuation.resumeWith(result) }
        }

    /** Starts `work` on the lane; `done` is called there with its outcome. */
    fun <T> start(work: suspend () -> T, done: (Result<T>) -> Unit) {
        work.startCoroutine(
            object : Continuation<T> {
                override val context: CoroutineContext = this@Lane

                override fun resumeWith(result: Result<T>) = done(result)
            },
        )
    }

    /** The result of `work`, which runs off the lane and may block. */
    suspend fun <T> aside(work: () -> T): T = suspendCoroutine { waiting ->
        scheduler.aside { waiting.resumeWith(runCatching(work)) }
    }
}

/** An outcome that several wait for. Used on the lane only. */
internal class Outcome<T> {
    private var result: Result<T>? = null
    private val waiting = ArrayList<Continuation<T>>()

    /** The first outcome counts. */
    fun settle(outcome: Result<T>) {
        if (result != null) return
        result = outcome
        for (one in waiting) outcome.fold(one::resume, one::resumeWithException)
        waiting.clear()
    }

    suspend fun await(): T = suspendCoroutine { one ->
        val known = result
        if (known == null) waiting.add(one) else known.fold(one::resume, one::resumeWithException)
    }
}
