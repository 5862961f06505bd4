package dev.assay.core.wire

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource

class EcdsaSignatureTest {
    private fun unhex(text: String) = ByteArray(text.length / 2) { text.substring(2 * it, 2 * it + 2).toInt(16).toByte() }

    @Test
    fun `numbers are padded and lose their sign byte`() {
        val jose = checkNotNull(joseSignature(unhex("3008" + "02020080" + "02020101")))
        assertEquals(64, jose.size)
        assertEquals(0x80.toByte(), jose[31])
        assertEquals(listOf<Byte>(1, 1), jose.slice(62..63))
    }

    @ParameterizedTest
    @ValueSource(
        strings = [
            "", "3000", "30060201010201", "300602010102010100", "3006020101020100", "3006020100020101", "3006020181020101",
            "300702020001020101", "3106020101020101", "3006030101020101", "30800201010201010000", "3007020101020101",
        ],
    )
    fun `what is not the shortest encoding of two positive numbers is refused`(der: String) {
        assertNull(joseSignature(unhex(der)))
    }

    @Test
    fun `a number of more than 256 bits is refused`() {
        assertNull(joseSignature(unhex("3026" + "0221" + "01" + "00".repeat(32) + "020101")))
    }
}
