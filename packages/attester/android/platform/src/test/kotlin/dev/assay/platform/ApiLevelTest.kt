package dev.assay.platform

import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import java.io.File
import java.util.zip.ZipFile

/**
 * Checks what the SDK calls against the framework of Android 7 (API 24): nothing newer, but where a file asks for the
 * version first. Of Java, the compiler accepts nothing after 8; what Android 7 lacks of 8 is named here.
 */
class ApiLevelTest {
    private val oldest = ZipFile(File("target/frameworks").listFiles()!!.first { it.name.startsWith("android-all-instrumented-7") })
    private val read = HashMap<String, ClassFile?>()

    private fun classOf(name: String) = read.getOrPut(name) {
        oldest.getEntry("$name.class")?.let { oldest.getInputStream(it).use(::ClassFile) }
    }

    private fun has(owner: String, member: String): Boolean {
        val found = classOf(owner) ?: return isOfJava(owner, member.substringBefore(' '))
        return member in found.members || found.parents.any { has(it, member) }
    }

    /** The framework's classes extend Java's, which lie elsewhere. */
    private fun isOfJava(owner: String, name: String): Boolean =
        owner.startsWith("java/") && Class.forName(owner.replace('/', '.')).methods.any { it.name == name }

    private fun classes(folder: String) = File(folder).walk().filter { it.extension == "class" }.toList()

    private fun usesOf(folder: String) = classes(folder).flatMap { it.inputStream().use(::ClassFile).uses }.toSet()

    private fun newer(uses: Set<String>): Set<String> = uses.filter { use ->
        val owner = use.substringBefore('.')
        when {
            owner.startsWith("android/") -> !has(owner, use.substringAfter('.'))
            else -> javaSinceAndroid8.any(owner::startsWith)
        }
    }.map { it.substringBefore(' ') }.toSet()

    private val javaSinceAndroid8 = listOf("java/util/Base64", "java/time/", "java/nio/file/", "java/lang/invoke/MethodHandle", "java/lang/ProcessHandle")

    @Test
    fun `the core names no class of Android's`() {
        val uses = usesOf("../core/target/classes")
        assertTrue("the core is not compiled", uses.size > 500)
        assertEquals(emptySet<String>(), uses.filter { it.startsWith("android") || it.startsWith("com/google") }.toSet())
        assertEquals(emptySet<String>(), newer(uses))
    }

    @Test
    fun `what is newer than Android 7 stands behind a question for the version`() {
        assertEquals(
            setOf(
                "android/security/keystore/KeyGenParameterSpec\$Builder.setIsStrongBoxBacked",
                "android/security/KeyStoreException.getNumericErrorCode",
                "android/security/KeyStoreException.isTransientFailure",
                "android/security/KeyStoreException.isSystemError",
                "android/security/KeyStoreException.requiresUserAuthentication",
                "android/app/ActivityManager.isRunningInUserTestHarness",
            ),
            newer(usesOf("target/classes")),
        )
    }

    @Test
    fun `canary`() {
        assertEquals(
            setOf("java/util/Base64.getEncoder", "android/os/Process.myProcessName"),
            newer(setOf("java/util/Base64.getEncoder ()V", "android/os/Process.myProcessName ()Ljava/lang/String;", "android/os/Process.myUid ()I")),
        )
    }
}
