package dev.assay.core.measurement

import dev.assay.core.wire.decodeBase64Url

/**
 * Reads a plan strictly: each plan has exactly one text, so there are no other or duplicate members, and no other
 * order, number form, space or escape. Nothing is read and no probe is asked before this has returned.
 *
 * @throws MeasurementException `PLAN_TOO_LARGE`, `PLAN_VERSION`, `PLAN_MALFORMED`, `PLAN_BUDGET`
 */
public fun parsePlan(bytes: ByteArray): Plan {
    must(bytes.size <= PlanLimits.LONGEST_PLAN, MeasurementCode.PLAN_TOO_LARGE)
    must(!isOtherVersion(bytes), MeasurementCode.PLAN_VERSION)
    val read = RawPlan(PlanText(bytes))
    return read.withinBudget()
}

/** `{"v":` and a number that is not 1. */
private fun isOtherVersion(bytes: ByteArray): Boolean {
    val start = "{\"v\":"
    val text = String(bytes, 0, minOf(bytes.size, start.length + 2), Charsets.ISO_8859_1)
    if (!text.startsWith(start) || text.length == start.length) return false
    val digits = text.substring(start.length)
    val isOne = digits[0] == '1' && (digits.length == 1 || !isWord(digits[1]))
    return digits[0] in '0'..'9' && !isOne
}

private fun isWord(character: Char): Boolean =
    character in 'a'..'z' || character in 'A'..'Z' || character in '0'..'9' || character == '_'

/** A plan whose text has the right form; the size of its numbers and the length of its lists are not checked yet. */
private class RawPlan(private val text: PlanText) {
    private val app: String
    private val build: String
    private val epoch: Long
    private val seed: String
    private val coverage: Coverage
    private val abi: String?
    private val modules: List<String>?
    private val reads: List<RawRead>
    private val textReads: List<RawRead>?
    private val show: List<String>
    private val run: List<String>
    private val probes: List<String>

    init {
        text.expect("{\"v\":1,\"app\":")
        app = text.word()
        text.expect(",\"build\":")
        build = text.word()
        text.expect(",\"epoch\":")
        epoch = text.number(0)
        text.expect(",\"seed\":")
        seed = text.word(43) { it in 'a'..'z' || it in 'A'..'Z' || it in '0'..'9' || it in "_-" }
        text.expect(",\"coverage\":")
        val covered = text.expectOneOf("\"image\"", "\"scripts\"")
        coverage = Coverage.entries.first { covered == "\"${it.text}\"" }
        abi = if (text.passes(",\"abi\":")) text.word(32) { it in 'a'..'z' || it in '0'..'9' || it in "_-" } else null
        modules = if (abi != null && text.passes(",\"modules\":")) text.listOfSome { text.word(PlanLimits.LONGEST_PLAN, ::isWord) } else null
        must(modules == null || areModules(modules), MeasurementCode.PLAN_MALFORMED)
        text.expect(",\"reads\":")
        reads = text.listOfSome(::read)
        textReads = if (text.passes(",\"text\":{\"reads\":")) text.listOfSome(::read).also { text.expect("}") } else null
        text.expect(",\"live\":{\"show\":")
        show = text.words()
        text.expect(",\"run\":")
        run = text.words()
        text.expect("},\"probes\":")
        probes = text.words()
        text.expect("}")
        must(text.isAtEnd, MeasurementCode.PLAN_MALFORMED)
        // Only four bits of the last of the 43 characters count: the others are zero.
        must(seed.length == 43 && decodeBase64Url(seed) != null, MeasurementCode.PLAN_MALFORMED)
    }

    /** `base` and then names that begin with a letter. */
    private fun areModules(names: List<String>) =
        names[0] == "base" && names.all { it[0] in 'a'..'z' || it[0] in 'A'..'Z' }

    private fun read(): RawRead {
        text.expect("{\"op\":\"")
        val name = text.expectOneOf("range", "stride", "walk")
        val operation = Operation.entries.first { it.text == name }
        text.expect("\",\"segment\":")
        val segment = text.number(0)
        text.expect(",\"length\":")
        val length = text.number(1)
        val count = if (operation == Operation.RANGE) 1 else member("count")
        val step = if (operation == Operation.STRIDE) member("step") else 1
        text.expect("}")
        return RawRead(operation, segment, length, count, step)
    }

    private fun member(name: String): Long {
        text.expect(",\"$name\":")
        return text.number(1)
    }

    fun withinBudget(): Plan {
        must(epoch <= 0xffffffffL, MeasurementCode.PLAN_BUDGET)
        // Each image has its own budget.
        val checked = listOfNotNull(reads, textReads).map(::checkReads)
        for (names in listOf(show, run, probes, modules.orEmpty())) {
            must(names.size <= PlanLimits.MOST_NAMES, MeasurementCode.PLAN_BUDGET)
            must(names.toSet().size == names.size, MeasurementCode.PLAN_MALFORMED)
        }
        return Plan(app, build, epoch, seed, coverage, abi, modules, checked[0], checked.getOrNull(1), show, run, probes)
    }

    private fun checkReads(reads: List<RawRead>): List<Read> {
        val checked = reads.map(RawRead::withinBudget)
        val bytes = checked.sumOf { it.length.toLong() * it.count }
        must(bytes <= PlanLimits.MOST_BYTES && reads.size <= PlanLimits.MOST_READS, MeasurementCode.PLAN_BUDGET)
        return checked
    }
}

private class RawRead(
    private val operation: Operation,
    private val segment: Long,
    private val length: Long,
    private val count: Long,
    private val step: Long,
) {
    fun withinBudget(): Read {
        must(
            segment < PlanLimits.MOST_SEGMENTS && length <= PlanLimits.LONGEST_PIECE &&
                count <= PlanLimits.MOST_PIECES && step <= PlanLimits.LONGEST_STEP,
            MeasurementCode.PLAN_BUDGET,
        )
        return Read(operation, segment.toInt(), length.toInt(), count.toInt(), step.toInt())
    }
}
