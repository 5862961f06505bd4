package dev.assay.core.request

/**
 * An absolute URL in normal form, without user, query, fragment and trailing slash, whose scheme is https, or http on
 * this machine (or anywhere, if `admitInsecure`).
 *
 * @throws IllegalArgumentException naming the option
 */
internal fun readSecureUrl(text: String, option: String, admitInsecure: Boolean): String {
    val url = WebUrl.parse(text)
    require(url != null && url.isPlain) { "$option: missing or wrong" }
    require(admitInsecure || isSafe(url.origin)) { "$option (https only): missing or wrong" }
    return url.target.trimEnd('/')
}

private fun isSafe(origin: String): Boolean {
    if (origin.startsWith("https:")) return true
    val host = origin.removePrefix("http://").let { if (it.startsWith("[")) it.substringBefore(']') + "]" else it.substringBefore(':') }
    val parts = host.split('.')
    val isLoopback = parts.size == 4 && parts[0] == "127" && parts.all { part -> part.isNotEmpty() && part.all { it in '0'..'9' } }
    return host == "localhost" || host == "[::1]" || isLoopback
}

/** The audience of the protected API that a URL belongs to, or `null` for every other URL. */
public class ProtectedUrls internal constructor(audiences: Map<String, String>, insecure: Boolean) {
    /**
     * With a trailing slash, so that `/v1` is not a prefix of `/v10`, nor `example.com` of `example.com.evil`. The
     * longest first.
     */
    private val prefixes = audiences
        .map { (prefix, audience) -> "${readSecureUrl(prefix, "audiences", insecure)}/" to audience }
        .sortedByDescending { (prefix) -> prefix.length }

    /** `null` for a URL outside the protected APIs. The longest prefix decides. */
    public fun audienceOf(url: WebUrl): String? = prefixes.firstOrNull { (prefix) -> "${url.target}/".startsWith(prefix) }?.second
}
