package dev.assay.core.http

import dev.assay.core.client.Http
import dev.assay.core.client.HttpAnswer
import dev.assay.core.request.isRedirect
import dev.assay.core.running.Abort
import dev.assay.core.running.Scheduler
import java.io.ByteArrayOutputStream
import java.io.IOException
import java.io.InputStream
import java.net.HttpURLConnection
import java.net.URL
import kotlin.coroutines.suspendCoroutine

/**
 * The client built into every JVM and Android. Pins and roots are those of the app: on Android, of its network security
 * configuration.
 *
 * @param timeout milliseconds for connecting, and for each read
 */
public class UrlConnectionHttp(private val scheduler: Scheduler, private val timeout: Int) : Http {
    override suspend fun post(url: String, body: String, abort: Abort): HttpAnswer = suspendCoroutine { waiting ->
        scheduler.aside { waiting.resumeWith(runCatching { exchange(url, body.toByteArray(), abort) }) }
    }

    private fun exchange(url: String, body: ByteArray, abort: Abort): HttpAnswer {
        val connection = URL(url).openConnection() as HttpURLConnection
        abort.onAbort(connection::disconnect)
        try {
            connection.requestMethod = "POST"
            connection.instanceFollowRedirects = false
            connection.useCaches = false
            connection.connectTimeout = timeout
            connection.readTimeout = timeout
            connection.doOutput = true
            connection.setRequestProperty("Content-Type", "application/json")
            // The connection itself never resends a body of known length: the client decides that.
            connection.setFixedLengthStreamingMode(body.size)
            connection.outputStream.use { it.write(body) }
            return answerOf(connection)
        } finally {
            connection.disconnect()
        }
    }

    private fun answerOf(connection: HttpURLConnection): HttpAnswer {
        val status = connection.responseCode
        if (status < 0 || isRedirect(status)) throw IOException("the service answered with a redirect, or not in HTTP")
        val stream = if (status >= 400) connection.errorStream else connection.inputStream
        return HttpAnswer(status, stream?.use(::textOf).orEmpty(), connection.getHeaderField("Retry-After"))
    }

    private fun textOf(stream: InputStream): String {
        val out = ByteArrayOutputStream()
        val piece = ByteArray(8192)
        while (out.size() <= LONGEST_ANSWER) {
            val count = stream.read(piece)
            if (count < 0) return out.toString("UTF-8")
            out.write(piece, 0, count)
        }
        throw IOException("the answer is too long")
    }

    private companion object {
        const val LONGEST_ANSWER = 1 shl 20
    }
}
