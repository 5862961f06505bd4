package com.example.shop

import dev.assay.Assay
import dev.assay.okhttp.webSocketRequestBlocking
import okhttp3.OkHttpClient
import okhttp3.WebSocket
import okhttp3.WebSocketListener

class OrderSocket(private val assay: Assay, http: OkHttpClient) {
    // Follows no redirect: OkHttp would take token and proof along.
    private val http = http.newBuilder().followRedirects(false).build()

    /** Waits for a token: not on the main thread. Each connection, a reconnection too, needs its own request. */
    fun open(url: String, listener: WebSocketListener): WebSocket = http.newWebSocket(assay.webSocketRequestBlocking(url), listener)
}
