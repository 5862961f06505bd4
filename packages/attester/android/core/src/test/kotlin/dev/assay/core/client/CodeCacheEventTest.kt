package dev.assay.core.client

import dev.assay.core.fake.FakeWorld
import dev.assay.core.measurement.CodeImage
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

class CodeCacheEventTest {
    private class Image(private val world: CodeCacheEventTest) : CodeImage by FakeWorld.code() {
        override val cacheFault: String? get() = world.fault
    }

    private var fault: String? = null
    private val world = FakeWorld(image = { Image(this) })

    private fun reasons() = world.told.filterIsInstance<AssayEvent.CodeCacheUnavailable>().map { it.reason }

    @Test
    fun `code that cannot be kept on disk is reported once, and again when the reason is another`() {
        world.token()
        assertEquals(emptyList<String>(), reasons())
        for (next in listOf("free_space", "free_space", "write_failed", null, "write_failed")) {
            fault = next
            world.settle { world.client.getToken(forceRefresh = true) }
        }
        assertEquals(listOf("free_space", "write_failed", "write_failed"), reasons())
        assertEquals("code-cache-unavailable", world.told.filterIsInstance<AssayEvent.CodeCacheUnavailable>().first().name)
    }
}
