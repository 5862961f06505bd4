package dev.assay

import dev.assay.core.client.WithoutToken
import dev.assay.core.wire.ProofForm
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.io.ByteArrayOutputStream
import java.io.File
import java.lang.reflect.Modifier
import java.net.URLClassLoader
import java.util.concurrent.TimeUnit
import javax.tools.ToolProvider
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds

/** The configuration as Java makes it. */
class AssayConfigBuilderTest {
    private fun properties(config: AssayConfig) = AssayConfig::class.java.declaredFields
        .filterNot { Modifier.isStatic(it.modifiers) }
        .associate { field -> field.name to field.apply { isAccessible = true }.get(config) }

    @Test
    fun `what is left out has the default of the constructor`() {
        val built = AssayConfigBuilder().endpoint("https://attest.example").audience("https://api.example", "a").build()
        assertEquals(properties(AssayConfig(listOf("https://attest.example"), mapOf("https://api.example" to "a"))), properties(built))
    }

    @Test
    fun `each option is taken`() {
        val built = AssayConfigBuilder()
            .endpoint("https://one.example").endpoint("https://two.example")
            .audience("https://api.example", "a").authorizationServer("a")
            .app("com.example").buildId("2").abi("none").attestsKey(false).strongBox(true)
            .withoutToken(WithoutToken.SEND).proof(ProofForm.ATTESTATION_POP)
            .requestTimeout(5, TimeUnit.SECONDS).idleAfter(3, TimeUnit.MINUTES)
            .admitInsecure(true).developmentSecret("secret").build()
        val wanted = AssayConfig(
            listOf("https://one.example", "https://two.example"), mapOf("https://api.example" to "a"), "com.example", "2", "none",
            false, true, WithoutToken.SEND, ProofForm.ATTESTATION_POP, 5_000, 180_000, true, "secret", listOf("a"),
        )
        assertEquals(properties(wanted), properties(built))
        val untouched = properties(AssayConfig(emptyList(), emptyMap()))
        assertEquals(emptySet<String>(), untouched.filter { (name, value) -> properties(built)[name] == value }.keys, "options that were not tried")
    }

    @Test
    fun `Kotlin gives durations`() {
        val built = AssayConfigBuilder().requestTimeout(5.seconds).idleAfter(3.minutes).build()
        assertEquals(5_000L to 180_000L, built.requestTimeout to built.idleAfter)
    }

    @Test
    fun `a configuration stays as it was built`() {
        val builder = AssayConfigBuilder().endpoint("https://one.example")
        val built = builder.build()
        builder.endpoint("https://two.example").audience("https://api.example", "a").authorizationServer("a")
        assertEquals(Triple(listOf("https://one.example"), emptyMap<String, String>(), emptyList<String>()), Triple(built.endpoints, built.audiences, built.authorizationServers))
    }

    @Test
    fun `a program in Java alone compiles against the SDK`(@TempDir target: File) {
        val sample = File("src/test/resources/java/JavaSample.java")
        val complaints = ByteArrayOutputStream()
        val options = arrayOf("-classpath", System.getProperty("java.class.path"), "-d", target.path, sample.path)
        assertEquals(0, ToolProvider.getSystemJavaCompiler().run(null, complaints, complaints, *options), complaints.toString())
        URLClassLoader(arrayOf(target.toURI().toURL()), javaClass.classLoader).use { loader ->
            val config = loader.loadClass("JavaSample").getMethod("configure").invoke(null) as AssayConfig
            assertEquals(listOf(5_000L, 180_000L, WithoutToken.SEND), listOf(config.requestTimeout, config.idleAfter, config.withoutToken))
        }
    }
}
