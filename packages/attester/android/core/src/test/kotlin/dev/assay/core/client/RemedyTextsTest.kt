package dev.assay.core.client

import dev.assay.core.vectors.member
import dev.assay.core.vectors.text
import dev.assay.core.vectors.vectorFiles
import dev.assay.core.wire.JsonReader
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import java.io.File

class RemedyTextsTest {
    private val texts = checkNotNull(JsonReader.readObject(File(vectorFiles().getValue("plans").parentFile, "texts/remedies.json").readText()))

    @Test
    fun `each remedy has the text that all SDKs have, in both languages`() {
        for (language in listOf("en", "de")) {
            val wanted = texts.member(language)
            assertEquals(wanted.keys, RemedyKind.entries.map { it.text }.toSet())
            for (kind in RemedyKind.entries) assertEquals(wanted.text(kind.text).replace("{trace}", "t7"), kind.message(language, "t7"))
        }
    }

    @Test
    fun `without a trace support is asked all the same`() {
        assertEquals("This device could not be verified. Please contact support.", RemedyKind.CONTACT_SUPPORT.message("en"))
        assertEquals("Dieses Gerät konnte nicht überprüft werden. Bitte wenden Sie sich an den Support.", RemedyKind.CONTACT_SUPPORT.message("de"))
    }

    @Test
    fun `another language is answered in English`() {
        assertEquals(RemedyKind.TRY_LATER.message("en"), RemedyKind.TRY_LATER.message("fr"))
    }
}
