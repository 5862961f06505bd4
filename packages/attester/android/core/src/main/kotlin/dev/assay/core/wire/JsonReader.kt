package dev.assay.core.wire

/**
 * Reads JSON (RFC 8259) into maps, lists, text, numbers (`Double`), booleans and `null`; nothing else comes out.
 * For answers of the service and for settings: malformed text is `null` as a whole, the last of two members with one
 * name counts, and nesting ends at 32.
 */
public class JsonReader private constructor(private val text: String) {
    private var at = 0

    private class Malformed : RuntimeException()

    private fun document(): Any? {
        val value = value(0)
        space()
        if (at != text.length) throw Malformed()
        return value
    }

    private fun value(depth: Int): Any? {
        if (depth > DEEPEST) throw Malformed()
        space()
        return when (peek()) {
            '{' -> members(depth)
            '[' -> items(depth)
            '"' -> string()
            't' -> word("true", true)
            'f' -> word("false", false)
            'n' -> word("null", null)
            else -> number()
        }
    }

    private fun members(depth: Int): Map<String, Any?> {
        val members = LinkedHashMap<String, Any?>()
        at++
        if (closes('}')) return members
        do {
            space()
            val name = string()
            space()
            take(':')
            members[name] = value(depth + 1)
        } while (goesOn('}'))
        return members
    }

    private fun items(depth: Int): List<Any?> {
        val items = ArrayList<Any?>()
        at++
        if (closes(']')) return items
        do items.add(value(depth + 1)) while (goesOn(']'))
        return items
    }

    private fun closes(end: Char): Boolean {
        space()
        return (peek() == end).also { if (it) at++ }
    }

    private fun goesOn(end: Char): Boolean {
        if (closes(end)) return false
        take(',')
        return true
    }

    private fun string(): String {
        take('"')
        val out = StringBuilder()
        while (true) {
            val character = next()
            when {
                character == '"' -> return out.toString()
                character == '\\' -> out.append(escaped())
                character < ' ' -> throw Malformed()
                else -> out.append(character)
            }
        }
    }

    private fun escaped(): Char = when (val character = next()) {
        '"', '\\', '/' -> character
        'b' -> '\b'
        'f' -> '\u000c'
        'n' -> '\n'
        'r' -> '\r'
        't' -> '\t'
        'u' -> {
            var code = 0
            repeat(4) {
                val digit = "0123456789abcdef".indexOf(next().lowercaseChar())
                if (digit < 0) throw Malformed()
                code = code * 16 + digit
            }
            code.toChar()
        }
        else -> throw Malformed()
    }

    private fun number(): Double {
        val start = at
        if (peek() == '-') at++
        if (peek() == '0') at++ else digits()
        if (peek() == '.') {
            at++
            digits()
        }
        if (peek() == 'e' || peek() == 'E') {
            at++
            if (peek() == '+' || peek() == '-') at++
            digits()
        }
        return text.substring(start, at).toDouble()
    }

    private fun digits() {
        val start = at
        while (peek() in '0'..'9') at++
        if (at == start) throw Malformed()
    }

    private fun word(word: String, value: Any?): Any? {
        if (!text.startsWith(word, at)) throw Malformed()
        at += word.length
        return value
    }

    private fun take(wanted: Char) {
        if (next() != wanted) throw Malformed()
    }

    private fun next(): Char = if (at < text.length) text[at++] else throw Malformed()

    /** The next character, or one that starts nothing. */
    private fun peek(): Char = if (at < text.length) text[at] else '\u0000'

    private fun space() {
        while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') at++
    }

    public companion object {
        private const val DEEPEST = 32

        /** The object in `text`, or `null` if it is not an object or malformed. */
        public fun readObject(text: String): Map<String, Any?>? {
            val value = try {
                JsonReader(text).document()
            } catch (_: Malformed) {
                null
            }
            @Suppress("UNCHECKED_CAST")
            return value as? Map<String, Any?>
        }
    }
}
