package dev.assay.coroutines

import dev.assay.Assay
import dev.assay.SelfTest
import dev.assay.core.AssayException
import dev.assay.core.client.ClientOptions
import dev.assay.core.client.ClientPorts
import dev.assay.core.client.AssayClient
import dev.assay.core.client.Http
import dev.assay.core.client.HttpAnswer
import dev.assay.core.fake.AUDIENCE
import dev.assay.core.fake.FakeWorld
import dev.assay.core.fake.LiveWorld
import dev.assay.core.running.Abort
import dev.assay.core.running.ThreadScheduler
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class AssayCoroutinesTest {
    private val world = LiveWorld(AUDIENCE)
    private val noTest = SelfTest({ emptyMap() }, emptyMap(), FakeWorld.Companion::code, FakeWorld().state, emptyList(), FakeWorld().time.clock)
    private val assay = Assay(world.client, noTest) {}

    @AfterEach
    fun end() = assay.close()

    /** A service that answers when the test lets it. */
    private class SlowService(private val inner: Http) : Http {
        val asked = CompletableDeferred<Unit>()
        val mayAnswer = CompletableDeferred<Unit>()

        override suspend fun post(url: String, body: String, abort: Abort): HttpAnswer {
            asked.complete(Unit)
            mayAnswer.await()
            return inner.post(url, body, abort)
        }
    }

    private fun slow(): Pair<Assay, SlowService> {
        val fake = FakeWorld()
        val service = SlowService(fake.service)
        val from = fake.ports()
        val ports = ClientPorts(from.image, from.keyStore, from.state, service, from.clock, from.random, ThreadScheduler(Throwable::printStackTrace), from.probes)
        val options: ClientOptions = FakeWorld.options()
        return Assay(AssayClient(options, ports), noTest) {} to service
    }

    @Test
    fun `tokens and proofs come as from the functions that do not notice cancellation`() = runBlocking {
        assertEquals("token-1", assay.awaitToken().token)
        assertEquals("token-2", assay.awaitToken(forceRefresh = true).token)
        assertEquals("token-2", assay.awaitProof("GET", "$AUDIENCE/orders").token)
        assertThrows(IllegalArgumentException::class.java) { runBlocking { assay.awaitToken("https://other.example") } }
        assay.awaitReset()
        assertEquals("token-3", assay.awaitToken().token)
    }

    @Test
    fun `a coroutine that is cancelled stops waiting, and the exchange serves the others`() = runBlocking {
        val (assay, service) = slow()
        val given = launch(start = CoroutineStart.UNDISPATCHED) { assay.awaitToken() }
        service.asked.await()
        given.cancelAndJoin()
        val waiting = async(start = CoroutineStart.UNDISPATCHED) { assay.awaitToken() }
        service.mayAnswer.complete(Unit)
        assertEquals("token-1", waiting.await().token)
        assay.close()
    }

    @Test
    fun `events come in order, from the collection on`() = runBlocking {
        val names = async(start = CoroutineStart.UNDISPATCHED) { assay.events().map { it.name }.take(2).toList() }
        assay.awaitToken()
        assay.awaitToken(forceRefresh = true)
        assertEquals(listOf("token", "refreshed"), names.await())
    }

    @Test
    fun `states begin with the current one and follow events`() = runBlocking {
        assertEquals(null, assay.states().first().expiresIn)
        val attested = async(start = CoroutineStart.UNDISPATCHED) { assay.states().first { it.expiresIn != null } }
        assay.awaitToken()
        assertTrue(checkNotNull(attested.await().expiresIn) > 0)
    }

    @Test
    fun `a failure is the same exception, and no cancellation`() {
        assay.close()
        val error = assertThrows(AssayException::class.java) { runBlocking { assay.awaitToken() } }
        assertEquals("closed", error.code.text)
        assertTrue((error as Throwable) !is CancellationException)
    }
}
