package dev.assay.core.measurement

/** Bytes of a script that [codeSegmentKind] needs to see. */
public const val CODE_SEGMENT_HEAD: Int = 8

/** First bytes of Hermes bytecode, and of its delta form. */
private val hermesMagics = listOf(0xc61fbc03c103191fuL, 0x39e043fc3efce6e0uL)

/** What an engine or a web view executes. */
private val scriptEndings = setOf(
    "js", "mjs", "cjs", "jsx", "htm", "html", "xhtml", "wasm", "bundle", "jsbundle", "hbc",
)

/**
 * Whether an entry of an APK is executed, and as what: the rule by which registration and every reader agree on what a
 * code image holds. `null` for what is not a segment. Without regular expressions, for the reason that [PlanText] gives.
 *
 * @param head the first [CODE_SEGMENT_HEAD] bytes; asked for of scripts only
 */
public fun codeSegmentKind(path: String, head: () -> ByteArray): SegmentKind? = when {
    isDex(path) -> SegmentKind.DEX
    isLibrary(path) || isAssembly(path) -> SegmentKind.NATIVE
    !path.startsWith("assets/") || !isScript(path) -> null
    isHermes(head()) -> SegmentKind.HERMES
    else -> SegmentKind.SCRIPT
}

/** `classes.dex`, `classes2.dex` and so on, and what apps load from their assets. */
private fun isDex(path: String): Boolean {
    if (!path.endsWith(".dex") || hasLineEnd(path)) return false
    if (path.startsWith("assets/")) return true
    return path.startsWith("classes") && path.substring(7, path.length - 4).all { it in '0'..'9' }
}

/** `lib/ABI/NAME.so`. */
private fun isLibrary(path: String): Boolean {
    val parts = path.split('/')
    return parts.size == 3 && parts[0] == "lib" && parts[1].isNotEmpty() && parts[2].length > 3 && parts[2].endsWith(".so")
}

/** Assemblies of Xamarin, MAUI and Unity's Mono back end. */
private fun isAssembly(path: String): Boolean {
    if (hasLineEnd(path)) return false
    return isBetween(path, "assemblies/", ".dll") || isBetween(path, "assemblies/", ".blob") ||
        isBetween(path, "assets/bin/Data/Managed/", ".dll")
}

/** With at least one character between them. */
private fun isBetween(path: String, start: String, end: String): Boolean =
    path.length > start.length + end.length && path.startsWith(start) && path.endsWith(end)

private fun isScript(path: String): Boolean {
    val ending = path.substringAfterLast('.', "")
    // ASCII only: `lowercase` turns some non-ASCII letters into ASCII ones.
    return ending.all { it in 'a'..'z' || it in 'A'..'Z' } && ending.lowercase() in scriptEndings
}

private fun isHermes(head: ByteArray): Boolean {
    if (head.size < CODE_SEGMENT_HEAD) return false
    var start = 0uL
    for (i in 0 until CODE_SEGMENT_HEAD) start = (start shl 8) or (head[i].toULong() and 0xffuL)
    return start in hermesMagics
}

/** `.` of a regular expression, by which other SDKs read, does not match these. */
private fun hasLineEnd(path: String): Boolean = path.any { it == '\n' || it == '\r' || it == '\u2028' || it == '\u2029' }
