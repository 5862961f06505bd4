package dev.assay.webview

import android.net.Uri
import android.os.Handler
import android.os.Looper
import android.webkit.WebMessage
import android.webkit.WebMessagePort
import android.webkit.WebView
import dev.assay.Assay
import dev.assay.core.request.WebUrl

/**
 * Hands token and proof for requests to the protected APIs to the pages of registered origins in one web view. The page's half is
 * `createWebViewClient` of `@assay/client/web-view`.
 *
 * Only the document in the main frame gets a port, and only if its origin is registered when the system delivers it: frames of others have no
 * way to ask. Whatever runs in such a document may: scripts that it loads from elsewhere, and whoever injects one. What a page executes
 * is not measured, the app around it is.
 *
 * To be used on the main thread, as web views are.
 *
 * @param audiences which APIs of the configuration the pages of an origin may call: `https://` and host, and a port other than 443, such
 * as `https://shop.example.com`, to audiences; no `*`
 * @throws IllegalArgumentException if there is none, one is not an origin with https (or http on this device) or comes twice, or one has
 * no audience, or one that the configuration lacks
 */
public class WebViewBridge(assay: Assay, private val webView: WebView, audiences: Map<String, Collection<String>>) {
    private val audiences = audiences.entries.associate { (origin, granted) -> readOrigin(origin) to granted.toSet() }
    private val requests = PageRequests(assay.client)
    private val main = Handler(Looper.getMainLooper())
    private var port: WebMessagePort? = null

    init {
        val known = assay.client.audiences
        val areKnown = this.audiences.values.all { it.isNotEmpty() && known.containsAll(it) }
        require(audiences.isNotEmpty() && this.audiences.size == audiences.size && areKnown) { "audiences: missing or wrong" }
    }

    /**
     * Gives the page that is shown a port, in place of an earlier one. Call it in `WebViewClient.onPageCommitVisible` and `onPageFinished`:
     * the page waits for it, and each document needs its own.
     *
     * @return whether the page is one of a registered origin
     */
    public fun connect(): Boolean {
        close()
        val origin = webView.url?.let(WebUrl::parse)?.origin ?: return false
        val granted = audiences[origin] ?: return false
        val (ours, theirs) = webView.createWebMessageChannel()
        port = ours
        ours.setWebMessageCallback(
            object : WebMessagePort.WebMessageCallback() {
                override fun onMessage(port: WebMessagePort, message: WebMessage) {
                    requests.take(message.data ?: return, granted) { answer -> main.post { if (this@WebViewBridge.port === ours) ours.postMessage(WebMessage(answer)) } }
                }
            },
            main,
        )
        // Delivered only if the main frame's document is of this origin by then.
        webView.postWebMessage(WebMessage(GREETING, arrayOf(theirs)), Uri.parse(origin))
        return true
    }

    /** Takes the port away from the page. Call it before the web view is destroyed. */
    public fun close() {
        port?.close()
        port = null
    }

    private companion object {
        /** What the page's half waits for, with the version of what goes over the port. */
        const val GREETING = "assay:port/1"
    }
}

private fun readOrigin(text: String): String {
    val url = WebUrl.parse(text)
    require(url != null && url.isPlain && url.path == "/" && '*' !in url.origin && isSecure(url.origin)) { "audiences: missing or wrong" }
    return url.origin
}

private fun isSecure(origin: String) = origin.startsWith("https://") || Regex("http://(localhost|127\\.0\\.0\\.1)(:\\d+)?").matches(origin)
