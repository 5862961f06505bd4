package dev.assay.platform.daemon

import org.bouncycastle.asn1.x500.X500Name
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder
import java.io.ByteArrayInputStream
import java.math.BigInteger
import java.security.KeyPair
import java.security.KeyPairGenerator
import java.security.cert.CertificateFactory
import java.security.cert.X509Certificate
import java.security.spec.ECGenParameterSpec
import java.util.Date

/** Makes keys, and chains whose form is that of a device; their records are the business of the service's tests. */
class FakeKeyMint {
    private val batch = newPair()
    private val root = newPair()

    fun newPair(): KeyPair = KeyPairGenerator.getInstance("EC").apply { initialize(ECGenParameterSpec("secp256r1")) }.generateKeyPair()

    /** Without a challenge Android gives one certificate, which the key has signed itself. */
    fun chainOf(pair: KeyPair, isAttested: Boolean): List<X509Certificate> =
        if (!isAttested) listOf(certificate("Key", pair, "Key", pair))
        else listOf(certificate("Key", pair, "Batch", batch), certificate("Batch", batch, "Root", root), certificate("Root", root, "Root", root))

    private fun certificate(subject: String, of: KeyPair, issuer: String, by: KeyPair): X509Certificate {
        val builder = JcaX509v3CertificateBuilder(X500Name("CN=$issuer"), BigInteger.ONE, Date(0), Date(4_000_000_000_000), X500Name("CN=$subject"), of.public)
        val made = builder.build(JcaContentSignerBuilder("SHA256withECDSA").build(by.private))
        return CertificateFactory.getInstance("X.509").generateCertificate(ByteArrayInputStream(made.encoded)) as X509Certificate
    }
}
