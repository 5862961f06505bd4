package dev.assay.core.vectors

import dev.assay.core.wire.JsonReader
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.DynamicTest
import java.io.File

/** The shared files, by family. Those of `requests.json` are for verifiers, as is the folder `guards`. */
fun vectorFiles(): Map<String, File> =
    requireNotNull(vectorFolder().listFiles { file -> file.extension == "json" && file.name != "requests.json" }).associateBy(File::nameWithoutExtension)

/** A test for each case of a family, and one for its floor. @param others families that the core does not answer by itself */
fun vectorTests(family: String, others: Map<String, Family>): List<DynamicTest> {
    val file = vectorFiles().getValue(family)
    val document = requireNotNull(JsonReader.readObject(file.readText())) { "${file.name} is no JSON object" }
    val cases = document.members("cases")
    return cases.map { case -> DynamicTest.dynamicTest("$family: ${case.text("id")}") { check(family, case, others) } } +
        DynamicTest.dynamicTest("$family: floor") { checkFloor(document, cases) }
}

private fun check(family: String, case: Input, others: Map<String, Family>) {
    when (val answer = answerTo(family, case.member("input"), case["needs"] as String?, others)) {
        is Answer.Output -> assertEquals(case["output"] ?: case["error"], asJson(answer.value), case.text("id"))
        is Answer.Refused -> {
            assertEquals(case["error"], answer.code, case.text("id"))
            case["details"]?.let { assertEquals(it, asJson(answer.details)) }
        }
        is Answer.Skipped -> assertEquals(case["needs"], answer.need)
    }
}

private fun checkFloor(document: Input, cases: List<Input>) {
    val floor = document.member("floor")
    val (refused, accepted) = cases.partition { "error" in it }
    assertTrue(accepted.size >= floor.whole("accepted") && refused.size >= floor.whole("refused"))
}

/** As the reader of the files gives it: all numbers are doubles. */
private fun asJson(value: Any?): Any? = when (value) {
    is Number -> value.toDouble()
    is List<*> -> value.map(::asJson)
    is Map<*, *> -> value.mapValues { asJson(it.value) }
    else -> value
}

/** `packages/shared/vectors` of this repository, wherever Maven was started. */
private fun vectorFolder(): File {
    System.getenv("ASSAY_VECTORS")?.let { return File(it) }
    val folders = generateSequence(File("").absoluteFile) { it.parentFile }.map { File(it, "packages/shared/vectors") }
    return folders.first { it.isDirectory }
}
