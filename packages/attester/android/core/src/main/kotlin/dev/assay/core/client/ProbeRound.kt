package dev.assay.core.client

import dev.assay.core.measurement.Segment
import dev.assay.core.running.Lane
import dev.assay.core.running.Lifetime
import dev.assay.core.running.Outcome
import dev.assay.core.wire.MOST_SAFE

/** Runs probes, all at once and each off the lane, and waits at most two seconds. */
internal class ProbeRound(private val lane: Lane, private val lifetime: Lifetime) {
    suspend fun ask(probes: List<Probe>, measured: List<Segment>): Map<String, Any> {
        if (probes.isEmpty()) return emptyMap()
        val answers = LinkedHashMap<String, Any>()
        for (probe in probes) answers[probe.name] = LATE
        val all = Outcome<Unit>()
        var left = probes.size
        for (probe in probes) {
            lane.start({ lane.aside { answerOf(probe, measured) } }) { answer ->
                answers[probe.name] = answer.getOrDefault(THREW)
                if (--left == 0) all.settle(Result.success(Unit))
            }
        }
        lane.start({ lifetime.sleep(DEADLINE) }) { all.settle(Result.success(Unit)) }
        all.await()
        lifetime.check()
        // A copy: late answers may still come.
        return LinkedHashMap(answers)
    }

    private fun answerOf(probe: Probe, measured: List<Segment>): Any = try {
        asAnswer(probe.ask(measured))
    } catch (_: Exception) {
        THREW
    } catch (_: LinkageError) {
        THREW
    }

    private companion object {
        const val LATE = "!late"
        const val THREW = "!threw"

        /** Milliseconds that all probes of a plan together may take. */
        const val DEADLINE = 2_000.0
    }
}

/** Answers come from adapters and patched code, so their type is not trusted. */
internal fun asAnswer(answer: Any?): Any = when (answer) {
    is Boolean -> answer
    is Int -> answer.toLong()
    is Long -> if (answer in -MOST_SAFE..MOST_SAFE) answer else "!invalid"
    is String -> withoutLoneSurrogates(answer.take(256))
    else -> "!invalid"
}

/** Strict JSON refuses them, and a cut through a pair would create one. */
private fun withoutLoneSurrogates(text: String): String {
    val out = StringBuilder(text)
    for (i in text.indices) {
        val one = text[i]
        val isPaired = if (one.isHighSurrogate()) text.getOrNull(i + 1)?.isLowSurrogate() == true
        else text.getOrNull(i - 1)?.isHighSurrogate() == true
        if (one.isSurrogate() && !isPaired) out.setCharAt(i, '\ufffd')
    }
    return out.toString()
}
