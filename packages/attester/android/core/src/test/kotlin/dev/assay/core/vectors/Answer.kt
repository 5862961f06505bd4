package dev.assay.core.vectors

import dev.assay.core.AssayException
import dev.assay.core.measurement.MeasurementException

/** What a case's input gives, as JSON values; or why it was refused; or what this SDK lacks. */
sealed class Answer {
    class Output(val value: Any?) : Answer()

    class Refused(val code: String, val details: Map<String, Any?> = emptyMap()) : Answer()

    class Skipped(val need: String) : Answer()
}

/** A case that is refused with a code of its own, or with more than the SDK's exception says. */
class RefusedCase(val code: String, val details: Map<String, Any?> = emptyMap()) : Exception(code)

fun interface Family {
    fun answer(input: Map<String, Any?>): Any?
}

private val families: Map<String, Family> = mapOf(
    "encodings" to Family(::encoding),
    "json-text" to Family(::jsonText),
    "code-segments" to Family(::codeSegment),
    // Every case needs a reader for apps of iOS.
    "resource-folders" to Family { error("there is no such reader for Android") },
    "tool-names" to Family(::toolName),
    "plans" to Family(::plan),
    "images" to Family(::image),
    "folds" to Family(::fold),
    "client-data" to Family(::clientDataCase),
    "android-key" to Family(::androidKey),
    "app-attest" to Family(::appAttest),
    "signatures" to Family(::signature),
    "proofs" to Family(::proofCase),
    "behaviour" to Family { BehaviourPlayer(it).play() },
)

/** The families that the core answers by itself. */
val coreFamilies: Set<String> get() = families.keys + "refusals"

/** What this SDK has of what a case may need; `fetch` and `redirects` through OkHttp. */
private val had = setOf("der", "whatwg-url", "apk", "one-key", "abi", "modules", "pop", "fetch", "redirects")

/** @param others families that another module answers */
fun answerTo(family: String, input: Map<String, Any?>, needs: String?, others: Map<String, Family> = emptyMap()): Answer {
    if (needs != null && needs !in had) return Answer.Skipped(needs)
    if (family == "refusals") return refusal(input)
    return try {
        Answer.Output((others[family] ?: families.getValue(family)).answer(input))
    } catch (refused: RefusedCase) {
        Answer.Refused(refused.code, refused.details)
    } catch (refused: MeasurementException) {
        Answer.Refused(refused.code.name)
    } catch (refused: AssayException) {
        Answer.Refused(refused.code.text)
    }
}
