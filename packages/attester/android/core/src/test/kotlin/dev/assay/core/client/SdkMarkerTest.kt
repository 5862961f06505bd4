package dev.assay.core.client

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.io.File
import java.lang.reflect.Modifier

/** The text by which registration finds the SDK in dex. */
class SdkMarkerTest {
    @Test
    fun `the marker is a field that a rule for shrinkers names`() {
        val field = AssayClient::class.java.getDeclaredField("SDK_MARKER").apply { isAccessible = true }
        assertTrue(Modifier.isStatic(field.modifiers))
        assertEquals("assay:sdk:$SDK;", field.get(null))
        val rules = File("../consumer-rules.pro").readLines()
        val rule = "-keepclassmembers,allowobfuscation class ${AssayClient::class.java.name} { static java.lang.String ${field.name}; }"
        assertTrue(rule in rules, rules.joinToString("\n"))
    }
}
