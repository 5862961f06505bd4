package dev.assay.core.measurement

/**
 * Reads the text of a plan from left to right, one expected piece after the other. Written by hand: Android's regular
 * expressions are ICU's, whose `\w` and `\d` match far more than ASCII, and no test on a JVM would show it.
 */
internal class PlanText(bytes: ByteArray) {
    /** One character for each byte: a non-ASCII character has no place in a plan, and matches no expected piece. */
    private val text = String(bytes, Charsets.ISO_8859_1)
    private var at = 0

    val isAtEnd: Boolean get() = at == text.length

    fun comesNext(piece: String): Boolean = text.startsWith(piece, at)

    /** Skips `piece` if it comes next. */
    fun passes(piece: String): Boolean = comesNext(piece).also { if (it) at += piece.length }

    fun expect(piece: String) = must(passes(piece), MeasurementCode.PLAN_MALFORMED)

    /** One of the given pieces. */
    fun expectOneOf(vararg pieces: String): String {
        val found = pieces.firstOrNull(::passes)
        must(found != null, MeasurementCode.PLAN_MALFORMED)
        return found as String
    }

    /** A quoted word of 1 to `longest` characters, each of which `isAllowed`. */
    fun word(longest: Int = 255, isAllowed: (Char) -> Boolean = ::isWordCharacter): String {
        expect("\"")
        val start = at
        while (at < text.length && isAllowed(text[at])) at++
        must(at - start in 1..longest, MeasurementCode.PLAN_MALFORMED)
        return text.substring(start, at).also { expect("\"") }
    }

    /** A list of words, in brackets. */
    fun words(): List<String> = list(ArrayList()) { word() }

    /** One or more, in brackets; zero if `into` allows an empty list. */
    private fun <T> list(into: MutableList<T>, item: () -> T): List<T> {
        expect("[")
        if (passes("]")) return into
        do into.add(item()) while (passes(","))
        expect("]")
        return into
    }

    /** At least one, in brackets. */
    fun <T> listOfSome(item: () -> T): List<T> {
        must(!comesNext("[]"), MeasurementCode.PLAN_MALFORMED)
        return list(ArrayList(), item)
    }

    /** A whole number without sign or leading zeros. A number beyond every bound is read as the largest Long. */
    fun number(least: Long): Long {
        val start = at
        while (at < text.length && text[at] in '0'..'9') at++
        must(at > start && (text[start] != '0' || at - start == 1), MeasurementCode.PLAN_MALFORMED)
        val number = if (at - start > 18) Long.MAX_VALUE else text.substring(start, at).toLong()
        must(number >= least, MeasurementCode.PLAN_MALFORMED)
        return number
    }
}

private fun isWordCharacter(character: Char): Boolean =
    character in 'a'..'z' || character in 'A'..'Z' || character in '0'..'9' || character in "_.+-"
