package com.example.shop

import dev.assay.Assay
import dev.assay.okhttp.AssayIOException
import dev.assay.okhttp.assay
import okhttp3.OkHttpClient
import okhttp3.Request
import java.io.IOException

/** The contents of the screen. */
sealed interface OrdersState {
    data object Loading : OrdersState

    data class Shown(val text: String) : OrdersState

    /** @property trace for support: the operator looks up the reason with it */
    data class Failed(val reason: String, val trace: String?) : OrdersState
}

/** The orders of the user, from an API that only genuine apps may call. */
class Orders(assay: Assay, private val url: String = "https://api.example.com/v1/orders") {
    private val http = OkHttpClient.Builder().assay(assay).build()

    /** Blocks: do not call it on the main thread. */
    fun load(): OrdersState = try {
        http.newCall(Request.Builder().url(url).build()).execute().use { response ->
            if (response.isSuccessful) OrdersState.Shown(response.body.string())
            else OrdersState.Failed("The shop answered ${response.code}", null)
        }
    } catch (refused: AssayIOException) {
        OrdersState.Failed(refused.cause.code.text, refused.cause.trace)
    } catch (_: IOException) {
        OrdersState.Failed("The shop cannot be reached", null)
    }
}
