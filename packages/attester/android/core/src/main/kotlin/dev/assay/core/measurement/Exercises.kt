package dev.assay.core.measurement

import dev.assay.core.wire.utf8

/**
 * Functions that guard something, carried out on input that the challenge decides, with the Verifier carrying out the same
 * ones: a patch that makes one of them wave things through changes the response. An answer never changes once released.
 */
internal val exercises: Map<String, (input: ByteArray, planBytes: ByteArray) -> ByteArray> = mapOf(
    "refusal.1" to ::refusal,
)

/** How this plan is read unchanged, or with one of several faults. */
private fun refusal(input: ByteArray, planBytes: ByteArray): ByteArray {
    val text = String(planBytes, Charsets.ISO_8859_1)
    val faulty = when ((input[0].toInt() and 0xff) % 5) {
        0 -> text
        1 -> text.replaceFirst("{\"v\":1", "{\"v\":2")
        2 -> text.substringBefore("\"reads\":") + "\"reads\":[]" + text.substring(text.indexOf("}]", text.indexOf("\"reads\":")) + 2)
        3 -> text.substringBefore("\"epoch\":") + "\"epoch\":4294967296" + text.substring(text.indexOf(",\"seed\":"))
        else -> text.dropLast(1) + ",\"more\":1}"
    }
    val outcome = try {
        parsePlan(faulty.toByteArray(Charsets.ISO_8859_1)).seed
    } catch (refused: MeasurementException) {
        refused.code.name
    }
    return utf8(outcome)
}
