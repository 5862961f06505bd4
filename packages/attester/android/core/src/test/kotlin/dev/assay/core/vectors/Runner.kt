package dev.assay.core.vectors

import dev.assay.core.wire.Json
import dev.assay.core.wire.JsonReader

/**
 * A runner as `packages/shared/vectors/README.md` has it: questions on standard input, answers on standard output.
 *
 * @param others families that the core does not answer by itself
 */
fun runVectors(others: Map<String, Family>) {
    val out = System.out.bufferedWriter()
    for (line in generateSequence(::readLine)) {
        val question = requireNotNull(JsonReader.readObject(line)) { "a line is no JSON object" }
        val answer = linkedMapOf<String, Any?>("id" to question.text("id"))
        when (val given = answerTo(question.text("family"), question.member("input"), question["needs"] as String?, others)) {
            is Answer.Output -> answer["output"] = given.value
            is Answer.Refused -> {
                answer["error"] = given.code
                if (given.details.isNotEmpty()) answer["details"] = given.details
            }
            is Answer.Skipped -> answer["skipped"] = given.need
        }
        out.write(text(answer))
        out.write("\n")
        out.flush()
    }
}

/** With numbers that are not whole too: seconds of events. */
private fun text(value: Any?): String = when (value) {
    is Double -> if (value % 1 == 0.0) value.toLong().toString() else value.toString()
    is Map<*, *> -> value.entries.joinToString(",", "{", "}") { "${Json.write(it.key)}:${text(it.value)}" }
    is List<*> -> value.joinToString(",", "[", "]", transform = ::text)
    else -> Json.write(value)
}
