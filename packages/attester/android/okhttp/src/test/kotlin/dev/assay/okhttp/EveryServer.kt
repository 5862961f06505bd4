package dev.assay.okhttp

import dev.assay.core.vectors.Input
import dev.assay.core.vectors.text
import dev.assay.core.vectors.whole
import okhttp3.Dns
import okhttp3.OkHttpClient
import okhttp3.Protocol
import okhttp3.mockwebserver.Dispatcher
import okhttp3.mockwebserver.MockResponse
import okhttp3.mockwebserver.MockWebServer
import okhttp3.mockwebserver.RecordedRequest
import okhttp3.tls.HandshakeCertificates
import okhttp3.tls.HeldCertificate
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.Socket
import java.net.SocketAddress
import java.util.concurrent.ConcurrentLinkedQueue
import javax.net.SocketFactory

/** The servers of all hosts that a case names, over TLS, at one port of this machine. They give the case's answers in turn. */
internal class EveryServer : AutoCloseable {
    private val seen = ConcurrentLinkedQueue<RecordedRequest>()
    private val server = MockWebServer().apply {
        protocols = listOf(Protocol.HTTP_1_1)
        useHttps(certificates.sslSocketFactory(), false)
        dispatcher = object : Dispatcher() {
            override fun dispatch(request: RecordedRequest): MockResponse {
                seen.add(request)
                return responseOf(answers.getOrElse(seen.size - 1) { error("the case has no answer left") })
            }
        }
        start()
    }

    /** Answers to the next request, and to its repeats and redirects. */
    @Volatile
    var answers: List<Input> = emptyList()

    /** Lets a client find these servers under every name. */
    fun reachedBy(client: OkHttpClient.Builder): OkHttpClient.Builder = client
        .dns(object : Dns {
            override fun lookup(hostname: String) = listOf(InetAddress.getLoopbackAddress())
        })
        .socketFactory(ToOnePort(server.port))
        .sslSocketFactory(certificates.sslSocketFactory(), certificates.trustManager)

    /** Requests that came since the last time. */
    fun taken(): List<RecordedRequest> = generateSequence { seen.poll() }.toList()

    override fun close() {
        server.shutdown()
    }

    private fun responseOf(answer: Input) = MockResponse().setResponseCode(answer.whole("status").toInt()).apply {
        for ((name, value) in answer["headers"] as Map<*, *>) addHeader(name as String, value as String)
        // An answer of 304 has no body, and no length of one.
        if (answer.whole("status") != 304L) setBody(answer.text("text"))
    }

    private companion object {
        val certificates: HandshakeCertificates = HeldCertificate.Builder()
            .addSubjectAlternativeName("api.example").addSubjectAlternativeName("other.example").addSubjectAlternativeName("elsewhere.example")
            .build()
            .let { HandshakeCertificates.Builder().heldCertificate(it).addTrustedCertificate(it.certificate).build() }
    }
}

private class ToOnePort(private val only: Int) : SocketFactory() {
    override fun createSocket(): Socket = object : Socket() {
        override fun connect(endpoint: SocketAddress, timeout: Int) =
            super.connect(InetSocketAddress(InetAddress.getLoopbackAddress(), only), timeout)
    }

    override fun createSocket(host: String, port: Int) = createSocket()

    override fun createSocket(host: String, port: Int, localHost: InetAddress, localPort: Int) = createSocket()

    override fun createSocket(host: InetAddress, port: Int) = createSocket()

    override fun createSocket(address: InetAddress, port: Int, localAddress: InetAddress, localPort: Int) = createSocket()
}
