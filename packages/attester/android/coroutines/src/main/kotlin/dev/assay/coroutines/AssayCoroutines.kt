package dev.assay.coroutines

import dev.assay.Assay
import dev.assay.core.AssayException
import dev.assay.core.client.AssayEvent
import dev.assay.core.client.AssayState
import dev.assay.core.client.AssayToken
import dev.assay.core.request.ProofHeaders
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.channels.awaitClose
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.buffer
import kotlinx.coroutines.flow.callbackFlow
import kotlinx.coroutines.flow.conflate
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.suspendCancellableCoroutine
import kotlin.coroutines.Continuation
import kotlin.coroutines.EmptyCoroutineContext
import kotlin.coroutines.startCoroutine

/**
 * Like [Assay.getToken], but stops waiting when the coroutine is cancelled, by `withTimeout` too. The exchange goes on, for others.
 *
 * @throws AssayException when no token is available
 * @throws IllegalArgumentException for an audience that is not configured
 */
public suspend fun Assay.awaitToken(audience: String? = null, forceRefresh: Boolean = false): AssayToken =
    cancellable { getToken(audience, forceRefresh) }

/**
 * Like [Assay.proof], but stops waiting when the coroutine is cancelled. Each request needs its own.
 *
 * @param method as sent, such as `GET`
 * @param authorization the header `Authorization` of the request
 * @throws AssayException
 * @throws IllegalArgumentException for a URL that is not that of a protected API
 */
public suspend fun Assay.awaitProof(method: String, url: String, authorization: String? = null): ProofHeaders =
    cancellable { proof(method, url, authorization) }

/** Like [Assay.reset], but stops waiting when the coroutine is cancelled; what has begun is completed. */
public suspend fun Assay.awaitReset(): Unit = cancellable { reset() }

/** Each event from the collection on, in order. None is lost, however slow the collector is. */
public fun Assay.events(): Flow<AssayEvent> = callbackFlow {
    val subscription = client.on { event -> trySend(event) }
    awaitClose(subscription::cancel)
}.buffer(Channel.UNLIMITED)

/** The state at the beginning of the collection, and after each event. A slow collector gets the newest and skips those before it. */
public fun Assay.states(): Flow<AssayState> = callbackFlow {
    val subscription = client.on { trySend(Unit) }
    trySend(Unit)
    awaitClose(subscription::cancel)
}.conflate().map { cancellable { state() } }

private suspend fun <T> cancellable(work: suspend () -> T): T = suspendCancellableCoroutine { caller ->
    work.startCoroutine(Continuation(EmptyCoroutineContext, caller::resumeWith))
}
