package dev.assay.core.vectors

import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory

/** Every shared vector that needs no HTTP client, against this SDK. */
class VectorFilesTest {
    @Test
    fun `all families are there`() {
        assertTrue(vectorFiles().keys.containsAll(coreFamilies))
    }

    @TestFactory
    fun vectors(): List<DynamicTest> = coreFamilies.flatMap { vectorTests(it, emptyMap()) }
}
