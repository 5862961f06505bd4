package dev.assay

import dev.assay.core.client.WithoutToken
import dev.assay.core.wire.ProofForm
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource

/** The file in the app's assets. */
class AssayConfigTest {
    private val least = "\"endpoints\":[\"https://attest.example\"],\"audiences\":{\"https://api.example\":\"a\"}"

    @Test
    fun `what is left out has its default`() {
        val config = AssayConfig.fromJson("{$least}")
        assertEquals(listOf("https://attest.example"), config.endpoints)
        assertEquals(mapOf("https://api.example" to "a"), config.audiences)
        assertEquals(listOf(null, null, "auto"), listOf(config.app, config.build, config.abi))
        assertEquals(listOf(true, false), listOf(config.attestsKey, config.strongBox))
        assertEquals(WithoutToken.FAIL to ProofForm.DPOP, config.withoutToken to config.proof)
    }

    @Test
    fun `each member is taken`() {
        val more = "\"app\":\"com.example\",\"build\":\"2\",\"abi\":\"none\",\"attests_key\":false,\"strong_box\":true,\"without_token\":\"send\",\"proof\":\"attestation-pop\",\"authorization_servers\":[\"a\"]"
        val config = AssayConfig.fromJson("{$least,$more}")
        assertEquals(listOf("com.example", "2", "none"), listOf(config.app, config.build, config.abi))
        assertEquals(listOf(false, true), listOf(config.attestsKey, config.strongBox))
        assertEquals(WithoutToken.SEND to ProofForm.ATTESTATION_POP, config.withoutToken to config.proof)
        assertEquals(listOf("a"), config.authorizationServers)
    }

    @ParameterizedTest
    @CsvSource(
        quoteCharacter = '\'',
        value = [
            "endpoints, '\"endpoints\":\"https://attest.example\",\"audiences\":{\"https://api.example\":\"a\"}'",
            "audiences, '\"endpoints\":[\"https://attest.example\"]'",
            "audiences, '\"endpoints\":[\"https://attest.example\"],\"audiences\":{\"https://api.example\":1}'",
        ],
    )
    fun `what is missing or wrong is named`(name: String, members: String) {
        assertEquals("$name: missing or wrong", refusal("{$members}"))
    }

    @ParameterizedTest
    @CsvSource("without_token, 'keep'", "proof, 'none'", "abi, 1", "attests_key, 1", "strong_box, 'yes'", "build, true", "authorization_servers, 1")
    fun `a value of another kind is named`(name: String, value: String) {
        assertEquals("$name: missing or wrong", refusal("{$least,\"$name\":${if (value.all(Char::isLetter) && value != "true") "\"$value\"" else value}}"))
    }

    @Test
    fun `fromJson refuses an unknown member, and text that is not an object`() {
        assertEquals("debug: unknown member", refusal("{$least,\"debug\":true}"))
        assertEquals("configuration: not a JSON object", refusal("[]"))
    }

    private fun refusal(text: String) = assertThrows(IllegalArgumentException::class.java) { AssayConfig.fromJson(text) }.message
}
