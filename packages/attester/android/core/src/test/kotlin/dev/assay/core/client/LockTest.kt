package dev.assay.core.client

import dev.assay.core.AssayException
import dev.assay.core.fake.FakeWorld
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Test

/** Another process of the app holds the lock. */
class LockTest {
    private val world = FakeWorld().apply { state.isLocked = true }
    private val waiting = world.begin { world.client.getToken() }

    @Test
    fun `an exchange begins when the other process has ended its own`() {
        world.time.advance(1_000.0)
        assertNull(waiting.result)
        world.state.isLocked = false
        world.time.advance(1_000.0)
        assertEquals("token-1", waiting.result?.getOrThrow()?.token)
        assertEquals(false, world.state.isLocked)
    }

    @Test
    fun `a process that is frozen with the lock stops no other for ever`() {
        world.time.advance(29_000.0)
        assertNull(waiting.result)
        world.time.advance(2_000.0)
        assertEquals("token-1", waiting.result?.getOrThrow()?.token)
        // What it did not take it does not release.
        assertEquals(true, world.state.isLocked)
    }

    @Test
    fun `closing the client ends the wait`() {
        world.client.close()
        world.time.idle()
        assertEquals("closed", (waiting.result?.exceptionOrNull() as AssayException).code.text)
    }
}
