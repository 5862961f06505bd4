package com.example.shop

import dev.assay.Assay
import dev.assay.core.AssayException
import io.grpc.CallCredentials
import io.grpc.Metadata
import io.grpc.Status
import java.util.concurrent.Executor

/** Token and proof for each call of gRPC: `stub.withCallCredentials(AssayCredentials(assay))`. */
class AssayCredentials(private val assay: Assay, private val scheme: String = "https") : CallCredentials() {
    override fun applyRequestMetadata(request: RequestInfo, executor: Executor, applier: MetadataApplier) = executor.execute {
        val url = "$scheme://${request.authority}/${request.methodDescriptor.fullMethodName}"
        try {
            val headers = Metadata()
            for ((name, value) in assay.proofBlocking("POST", url).toMap()) headers.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value)
            applier.apply(headers)
        } catch (error: AssayException) {
            val status = if (error.retryable) Status.UNAVAILABLE else Status.UNAUTHENTICATED
            applier.fail(status.withDescription(error.code.text).withCause(error))
        } catch (error: IllegalArgumentException) {
            applier.fail(Status.INTERNAL.withCause(error))
        }
    }
}
