package dev.assay.reactnative

import dev.assay.Assay
import dev.assay.core.AssayErrorCode
import dev.assay.core.AssayException
import dev.assay.core.request.isRedirect
import dev.assay.okhttp.AssayIOException
import dev.assay.okhttp.assay
import okhttp3.Call
import okhttp3.Callback
import okhttp3.Headers
import okhttp3.MediaType.Companion.toMediaTypeOrNull
import okhttp3.OkHttpClient
import okhttp3.RequestBody.Companion.toRequestBody
import okhttp3.Response
import okio.ByteString.Companion.decodeBase64
import okio.ByteString.Companion.toByteString
import java.io.IOException
import java.nio.charset.CharacterCodingException
import java.nio.charset.Charset
import java.util.concurrent.ConcurrentHashMap
import kotlin.coroutines.resume
import kotlin.coroutines.resumeWithException
import kotlin.coroutines.suspendCoroutine

/** Sends requests to protected APIs by OkHttp with the SDK's interceptors, and follows no redirect. */
internal class Fetcher(private val http: () -> OkHttpClient.Builder) {
    private val byHandle = ConcurrentHashMap<String, OkHttpClient>()

    fun forget(handle: String) {
        byHandle.remove(handle)
    }

    /** `{ protected: false }` for another URL: JavaScript sends that itself. */
    suspend fun fetch(handle: String, assay: Assay, request: Request): Map<String, Any?> {
        val url = request.text("url")
        if (assay.client.audienceOf(url) == null) return mapOf("protected" to false)
        if (request.flag("only")) return mapOf("protected" to true)
        val client = byHandle.getOrPut(handle) {
            http().followRedirects(false).followSslRedirects(false).assay(assay).build()
        }
        return try {
            val response = answer(client.newCall(callOf(url, request)))
            response.use { membersOf(it, request.textOrNull("redirect")) }
        } catch (error: AssayIOException) {
            throw error.cause
        } catch (error: IOException) {
            mapOf("protected" to true, "failed" to error.javaClass.simpleName)
        }
    }

    private fun callOf(url: String, request: Request): okhttp3.Request {
        val method = request.text("method")
        val headers = Headers.Builder()
        for ((name, value) in request.pairs("headers")) {
            // Only the SDK fills these.
            if (ours.none { it.equals(name, ignoreCase = true) }) headers.add(name, value)
        }
        val given = request.part("body")
        val body = given?.textOrNull("text")?.toByteArray() ?: given?.textOrNull("base64")?.let(::bytesOf)
        val type = headers["Content-Type"]?.toMediaTypeOrNull()
        val needsBody = method in setOf("POST", "PUT", "PATCH")
        val sent = (body ?: ByteArray(0).takeIf { needsBody })?.let { it.toRequestBody(type) }
        return okhttp3.Request.Builder().url(url).headers(headers.build()).method(method, sent).build()
    }

    private fun membersOf(response: Response, redirect: String?): Map<String, Any?> {
        if (redirect != "manual" && isRedirect(response.code)) throw AssayException(AssayErrorCode.REDIRECT_REFUSED)
        val bytes = checkNotNull(response.body).source().let { source ->
            if (source.request(LONGEST + 1)) throw IOException("the answer is longer than $LONGEST bytes")
            source.readByteArray()
        }
        val fields = response.headers
        return mapOf(
            "protected" to true,
            "status" to response.code,
            "headers" to (0 until fields.size).map { listOf(fields.name(it), fields.value(it)) },
        ) + (textOf(bytes)?.let { mapOf("text" to it) } ?: mapOf("base64" to base64(bytes)))
    }

    private suspend fun answer(call: Call): Response = suspendCoroutine { caller ->
        call.enqueue(
            object : Callback {
                override fun onFailure(call: Call, e: IOException) = caller.resumeWithException(e)

                override fun onResponse(call: Call, response: Response) = caller.resume(response)
            },
        )
    }

    private companion object {
        val ours = listOf("OAuth-Client-Attestation", "DPoP", "Assay-Status")

        /** Bytes of an answer: the bridge is not suited for more. */
        const val LONGEST = 16L * 1024 * 1024

        fun textOf(bytes: ByteArray): String? = try {
            Charset.forName("UTF-8").newDecoder().decode(java.nio.ByteBuffer.wrap(bytes)).toString()
        } catch (_: CharacterCodingException) {
            null
        }

        fun bytesOf(base64: String): ByteArray = base64.decodeBase64()?.toByteArray() ?: Request.missing("body")

        fun base64(bytes: ByteArray): String = bytes.toByteString().base64()
    }
}
