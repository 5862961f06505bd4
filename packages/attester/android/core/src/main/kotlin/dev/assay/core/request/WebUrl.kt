package dev.assay.core.request

import dev.assay.core.wire.utf8
import java.net.IDN
import java.util.Locale

/**
 * An absolute http or https URL in the form in which it is sent (WHATWG URL, as far as these two schemes go): what decides
 * where a token goes, and what a proof names. `java.net.URL` and `URI` normalise less, so they differ from what is
 * sent.
 *
 * @property origin scheme, host and port, the port only if it is not the scheme's default
 * @property path from `/`, without query and fragment
 * @property isPlain without user, query and fragment, and without `@` in its path
 */
public class WebUrl private constructor(public val origin: String, public val path: String, public val isPlain: Boolean) {
    /** What a proof names as `htu`. */
    public val target: String get() = origin + path

    public companion object {
        /** `null` for anything else. */
        public fun parse(text: String): WebUrl? {
            val trimmed = text.trim { it <= ' ' }.filterNot { it == '\t' || it == '\n' || it == '\r' }
            val colon = trimmed.indexOf(':')
            if (colon < 0) return null
            val scheme = trimmed.substring(0, colon).lowercase(Locale.ROOT)
            if (scheme != "http" && scheme != "https") return null
            // A backslash counts as a slash here, and any number of them may precede the host.
            val beforeQuery = trimmed.substring(colon + 1).substringBefore('#').substringBefore('?').replace('\\', '/')
            val rest = beforeQuery.trimStart('/')
            if (beforeQuery.length - rest.length < 2) return null
            val authority = rest.substringBefore('/')
            val host = hostOf(authority.substringAfterLast('@'), scheme) ?: return null
            val path = pathOf(rest.substring(authority.length))
            // `@` in a path is legal, but in a base URL it is more likely a mistake.
            val isPlain = trimmed.none { it in "@?#" }
            return WebUrl("$scheme://$host", path, isPlain)
        }

        private fun hostOf(text: String, scheme: String): String? {
            val end = if (text.startsWith("[")) text.indexOf(']') + 1 else text.indexOf(':').let { if (it < 0) text.length else it }
            val host = nameOf(text.substring(0, end)) ?: return null
            val port = text.substring(end)
            if (port.isEmpty() || port == ":") return host
            val number = port.drop(1).takeIf { port[0] == ':' && it.all { digit -> digit in '0'..'9' } }?.toIntOrNull()
            if (number == null || number > 65_535) return null
            return if (number == (if (scheme == "https") 443 else 80)) host else "$host:$number"
        }

        private fun nameOf(text: String): String? {
            if (text.startsWith("[")) return text.lowercase(Locale.ROOT).takeIf { it.drop(1).dropLast(1).all { one -> one in "0123456789abcdef:." } }
            val name = try {
                IDN.toASCII(percentDecoded(text) ?: return null).lowercase(Locale.ROOT)
            } catch (_: IllegalArgumentException) {
                return null
            }
            return name.takeIf { it.isNotEmpty() && it.all { one -> one in 'a'..'z' || one in '0'..'9' || one in "-._~!$&'()*+,;=" } }
        }

        private fun percentDecoded(text: String): String? {
            if ('%' !in text) return text
            return if (text.contains("%25")) null else runCatching { java.net.URLDecoder.decode(text.replace("+", "%2B"), "UTF-8") }.getOrNull()
        }

        /** Without `.` and `..`, and with escapes for characters that a path cannot contain. */
        private fun pathOf(text: String): String {
            val parts = ArrayList<String>()
            val all = text.removePrefix("/").split('/')
            for ((i, part) in all.withIndex()) {
                val isLast = i == all.size - 1
                val plain = part.lowercase(Locale.ROOT).replace("%2e", ".")
                when (plain) {
                    ".." -> {
                        parts.removeLastOrNull()
                        if (isLast) parts.add("")
                    }
                    "." -> if (isLast) parts.add("")
                    else -> parts.add(escaped(part))
                }
            }
            return "/" + parts.joinToString("/")
        }

        private fun escaped(part: String): String {
            if (part.all { it in '!'..'~' && it !in "\"<>^`{}" }) return part
            val out = StringBuilder()
            for (byte in utf8(part)) {
                val character = (byte.toInt() and 0xff).toChar()
                if (character in '!'..'~' && character !in "\"<>^`{}") out.append(character)
                else out.append('%').append("0123456789ABCDEF"[character.code shr 4]).append("0123456789ABCDEF"[character.code and 15])
            }
            return out.toString()
        }
    }
}
