package dev.assay.core.wire

/**
 * Writes JSON as `JSON.stringify` does, byte for byte: members in the order given, no spaces, `/` and characters beyond
 * ASCII as they are, only quotes, backslashes, controls and lone surrogates escaped. `org.json` escapes `/`.
 */
public object Json {
    /** @param value text, whole numbers, booleans, `null`, lists, and maps in the order of their members */
    public fun write(value: Any?): String = StringBuilder().also { append(it, value) }.toString()

    private fun append(out: StringBuilder, value: Any?) {
        when (value) {
            null -> out.append("null")
            is String -> appendText(out, value)
            is Boolean -> out.append(value)
            is Int -> out.append(value)
            is Long -> out.append(value)
            is List<*> -> appendAll(out, value, '[', ']') { append(out, it) }
            is Map<*, *> -> appendAll(out, value.entries, '{', '}') { (name, member) ->
                appendText(out, name as String)
                out.append(':')
                append(out, member)
            }
            else -> throw IllegalArgumentException("value: has no JSON form here")
        }
    }

    private fun <T> appendAll(out: StringBuilder, items: Collection<T>, open: Char, close: Char, each: (T) -> Unit) {
        out.append(open)
        var isFirst = true
        for (item in items) {
            if (!isFirst) out.append(',')
            isFirst = false
            each(item)
        }
        out.append(close)
    }

    private fun appendText(out: StringBuilder, text: String) {
        out.append('"')
        for (i in text.indices) {
            val character = text[i]
            when {
                character == '"' || character == '\\' -> out.append('\\').append(character)
                character < ' ' -> appendControl(out, character)
                character.isSurrogate() && !isPaired(text, i) -> appendEscaped(out, character)
                else -> out.append(character)
            }
        }
        out.append('"')
    }

    private fun appendControl(out: StringBuilder, character: Char) {
        when (character) {
            '\b' -> out.append("\\b")
            '\t' -> out.append("\\t")
            '\n' -> out.append("\\n")
            '\u000c' -> out.append("\\f")
            '\r' -> out.append("\\r")
            else -> appendEscaped(out, character)
        }
    }

    private fun appendEscaped(out: StringBuilder, character: Char) {
        out.append("\\u")
        for (shift in intArrayOf(12, 8, 4, 0)) out.append("0123456789abcdef"[(character.code shr shift) and 15])
    }

    private fun isPaired(text: String, at: Int): Boolean =
        if (text[at].isHighSurrogate()) at + 1 < text.length && text[at + 1].isLowSurrogate()
        else at > 0 && text[at - 1].isHighSurrogate()
}
