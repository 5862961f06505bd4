package dev.assay.phone

import com.example.shop.AssayCredentials
import com.example.shop.OrderSocket
import dev.assay.Assay
import io.grpc.CallOptions
import io.grpc.ClientCall
import io.grpc.Metadata
import io.grpc.MethodDescriptor
import io.grpc.Status
import io.grpc.okhttp.OkHttpChannelBuilder
import okhttp3.OkHttpClient
import okhttp3.Response
import okhttp3.WebSocket
import okhttp3.WebSocketListener
import java.io.ByteArrayInputStream
import java.io.InputStream
import java.util.concurrent.CompletableFuture

/** What a WebSocket sends back, or the status with which its handshake is refused. */
internal fun echoed(assay: Assay, http: OkHttpClient, url: String): Map<String, Any?> {
    val outcome = CompletableFuture<Map<String, Any?>>()
    val socket = OrderSocket(assay, http).open(
        url,
        object : WebSocketListener() {
            override fun onOpen(webSocket: WebSocket, response: Response) {
                webSocket.send("hello")
            }

            override fun onMessage(webSocket: WebSocket, text: String) {
                outcome.complete(mapOf("text" to text))
            }

            override fun onFailure(webSocket: WebSocket, t: Throwable, response: Response?) {
                outcome.complete(mapOf("status" to response?.code))
            }
        },
    )
    return outcome.get().also { socket.cancel() }
}

/** What a gRPC server sends back, or the name of the status with which it refuses the call. */
internal fun called(assay: Assay, request: Map<String, Any?>): Map<String, Any?> {
    val outcome = CompletableFuture<Map<String, Any?>>()
    val channel = OkHttpChannelBuilder.forTarget(request["target"] as String).usePlaintext().build()
    val options = if (request["plain"] == true) CallOptions.DEFAULT else CallOptions.DEFAULT.withCallCredentials(AssayCredentials(assay, "http"))
    val call = channel.newCall(list, options)
    call.start(
        object : ClientCall.Listener<String>() {
            override fun onMessage(message: String) {
                outcome.complete(mapOf("text" to message))
            }

            override fun onClose(status: Status, trailers: Metadata) {
                outcome.complete(mapOf("refused" to status.code.name))
            }
        },
        Metadata(),
    )
    call.sendMessage("hello")
    call.halfClose()
    call.request(1)
    return outcome.get().also { channel.shutdownNow() }
}

private object Texts : MethodDescriptor.Marshaller<String> {
    override fun stream(value: String): InputStream = ByteArrayInputStream(value.toByteArray())

    override fun parse(stream: InputStream) = stream.readBytes().decodeToString()
}

private val list: MethodDescriptor<String, String> = MethodDescriptor.newBuilder(Texts, Texts)
    .setType(MethodDescriptor.MethodType.UNARY)
    .setFullMethodName("shop.Orders/List")
    .build()
