package dev.assay.reactnative.host

import dev.assay.core.vectors.member
import dev.assay.core.vectors.text
import dev.assay.core.wire.JsonReader
import dev.assay.reactnative.Answers
import java.io.File

/** A runner as `packages/shared/vectors/README.md` has it, for the family `behaviour`: each call goes by JavaScript and the bridge. */
fun main() {
    val app = VectorApp(System.getProperty("assay.hermes"), File(System.getProperty("assay.bundle")))
    for (line in generateSequence(::readLine)) {
        val question = requireNotNull(JsonReader.readObject(line)) { "a line is no JSON object" }
        val needs = question["needs"] as String?
        val answer = when {
            question.text("family") != "behaviour" -> mapOf("skipped" to "not by the bridge")
            needs != null && needs !in setOf("one-key", "abi") -> mapOf("skipped" to needs)
            else -> mapOf("output" to BridgePlayer(question.member("input"), app).play())
        }
        println(Answers.json(mapOf("id" to question.text("id")) + answer))
    }
    app.javaScript.end()
}
