package dev.assay.phone

import dev.assay.core.keys.DeviceKeys
import dev.assay.core.wire.Json
import dev.assay.core.wire.JsonReader
import dev.assay.core.wire.encodeBase64Url
import java.io.ByteArrayInputStream
import java.io.File
import java.net.HttpURLConnection
import java.net.URL
import java.security.KeyFactory
import java.security.KeyPairGenerator
import java.security.PrivateKey
import java.security.Signature
import java.security.cert.CertificateFactory
import java.security.cert.X509Certificate
import java.security.spec.ECGenParameterSpec
import java.security.spec.PKCS8EncodedKeySpec
import java.util.Base64

/**
 * Secure hardware as the SDK meets it: a key that survives the process, in a folder, and anyone who holds the
 * attestation key, at the other end of an HTTP connection: it answers with the chain, or with the number of the fault
 * that it has.
 */
class SimulatedKeys(private val folder: File, private val keyMint: String) : DeviceKeys {
    private val keyFile = File(folder, "key")
    private val chainFile = File(folder, "chain")

    class Fault(number: String) : Exception("Failed to generate key pair (internal Keystore code: $number)")

    override fun certificates(): List<X509Certificate>? {
        if (!keyFile.exists() || !chainFile.exists()) return null
        val factory = CertificateFactory.getInstance("X.509")
        return chainFile.readLines().filter(String::isNotEmpty)
            .map { factory.generateCertificate(ByteArrayInputStream(Base64.getUrlDecoder().decode(it))) as X509Certificate }
    }

    override fun generate(commitment: ByteArray?, inStrongBox: Boolean) {
        delete()
        val pair = KeyPairGenerator.getInstance("EC").apply { initialize(ECGenParameterSpec("secp256r1")) }.generateKeyPair()
        val request = mapOf(
            "spki" to encodeBase64Url(pair.public.encoded),
            "challenge" to commitment?.let(::encodeBase64Url),
            "strong_box" to inStrongBox,
        )
        val answer = ask(Json.write(request))
        answer["fault"]?.let { throw Fault(it as String) }
        folder.mkdirs()
        keyFile.writeBytes(pair.private.encoded)
        chainFile.writeText((answer["chain"] as List<*>).joinToString("\n"))
    }

    override fun sign(data: ByteArray): ByteArray {
        val signature = Signature.getInstance("SHA256withECDSA")
        signature.initSign(privateKey())
        signature.update(data)
        return signature.sign()
    }

    override fun delete() {
        keyFile.delete()
        chainFile.delete()
    }

    override fun describe(fault: Throwable): List<String> =
        generateSequence(fault) { it.cause }.flatMap { listOfNotNull(it.javaClass.simpleName, it.message) }.toList()

    override fun passes(fault: Throwable) = false

    private fun privateKey(): PrivateKey = KeyFactory.getInstance("EC").generatePrivate(PKCS8EncodedKeySpec(keyFile.readBytes()))

    private fun ask(body: String): Map<String, Any?> {
        val connection = URL(keyMint).openConnection() as HttpURLConnection
        connection.requestMethod = "POST"
        connection.doOutput = true
        connection.outputStream.use { it.write(body.toByteArray()) }
        return checkNotNull(JsonReader.readObject(connection.inputStream.use { String(it.readBytes()) })) { "the hardware gave no answer" }
    }
}
