package dev.assay.core.request

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource
import org.junit.jupiter.params.provider.ValueSource

class WebUrlTest {
    @ParameterizedTest
    @CsvSource(
        delimiter = ' ',
        value = [
            "https://api.example https://api.example/",
            "HTTPS://API.Example:443/a/../b/./c?d#e https://api.example/b/c",
            "http://api.example:80/ http://api.example/",
            "https://api.example:8443/a https://api.example:8443/a",
            "https://api.example@evil.example/a https://evil.example/a",
            "https:\\\\evil.example\\@api.example/ https://evil.example/@api.example/",
            "https://bücher.example/ä https://xn--bcher-kva.example/%C3%A4",
            "https://api.example/a/%2e%2E/b https://api.example/b",
            "https://api.example/v1/.. https://api.example/",
            "https://[::1]:8080/a https://[::1]:8080/a",
            "https://api.example/{a}|b https://api.example/%7Ba%7D|b",
            "https:///api.example/a https://api.example/a",
        ],
    )
    fun `is what is sent`(text: String, target: String) {
        assertEquals(target, WebUrl.parse(text)?.target)
    }

    @ParameterizedTest
    @ValueSource(strings = ["", "api.example", "ftp://api.example/", "https:", "https://", "https://a:b/", "https://a:70000/", "https://a b/", "//a/"])
    fun `anything else is none`(text: String) {
        assertNull(WebUrl.parse(text))
    }

    @ParameterizedTest
    @ValueSource(
        strings = [
            "https://api.example.evil.example/",
            "https://api.example:8443/",
            "http://api.example/",
            "https://evil.example/https://api.example/",
            "https://api.example@evil.example/",
            "https://api.example/v10",
            "https://api.example/v1/../v2",
            "https://api.example/V1",
        ],
    )
    fun `an URL beside the prefix is not protected`(text: String) {
        val protected = ProtectedUrls(mapOf("https://api.example/v1" to "a"), false)
        assertNull(protected.audienceOf(WebUrl.parse(text)!!))
    }
}
