package dev.assay.okhttp

import dev.assay.core.vectors.coreFamilies
import dev.assay.core.vectors.vectorFiles
import dev.assay.core.vectors.vectorTests
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory

/** The shared vectors for SDKs that send an app's requests, through OkHttp. */
class VectorFilesTest {
    @Test
    fun `with the core's, these are all families there are`() {
        assertEquals(vectorFiles().keys, coreFamilies + fetchFamilies.keys)
    }

    @TestFactory
    fun vectors(): List<DynamicTest> = fetchFamilies.keys.flatMap { vectorTests(it, fetchFamilies) }
}
