package dev.assay.phone

import dev.assay.core.client.Http
import dev.assay.core.client.HttpAnswer
import dev.assay.core.client.StateStore
import dev.assay.core.keys.DeviceKeys
import dev.assay.core.running.Abort
import java.util.concurrent.CountDownLatch

/**
 * What a phone does that outlives its process: each write of its own, each request, each key. The program tells every step, and can
 * be made to wait at one for ever, so that whoever kills it knows what it has done and what not.
 *
 * @param last number of the step to wait at, from 1; `null`: none
 */
class Steps(private val last: Int?, private val tell: (number: Int, step: String) -> Unit) {
    private var taken = 0

    @Synchronized
    private fun take(step: String): Boolean {
        tell(++taken, step)
        return taken == last
    }

    private fun at(step: String) {
        if (take(step)) CountDownLatch(1).await()
    }

    fun store(inner: StateStore): StateStore = object : StateStore by inner {
        override fun save(name: String, text: String?) = around(if (text == null) "remove $name" else "save $name") { inner.save(name, text) }
    }

    fun keys(inner: DeviceKeys): DeviceKeys = object : DeviceKeys by inner {
        override fun generate(commitment: ByteArray?, inStrongBox: Boolean) = around("generate") { inner.generate(commitment, inStrongBox) }

        override fun delete() = around("delete", inner::delete)
    }

    fun http(inner: Http): Http = object : Http {
        override suspend fun post(url: String, body: String, abort: Abort): HttpAnswer {
            val path = url.substring(url.indexOf("/v1/"))
            at("before post $path")
            return inner.post(url, body, abort).also { at("after post $path") }
        }
    }

    private fun <T> around(what: String, work: () -> T): T {
        at("before $what")
        return work().also { at("after $what") }
    }
}
