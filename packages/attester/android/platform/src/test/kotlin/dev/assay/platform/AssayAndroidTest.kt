package dev.assay.platform

import android.app.Application
import android.content.ContextWrapper
import android.content.pm.ApplicationInfo
import android.os.Build
import android.os.Looper
import dev.assay.Assay
import dev.assay.AssayCallback
import dev.assay.AssayConfig
import dev.assay.core.AssayException
import dev.assay.core.client.AssayToken
import dev.assay.core.wire.JsonReader
import dev.assay.start
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.shadows.ShadowLooper
import java.io.File
import java.security.ProviderException
import java.security.Security
import java.util.zip.ZipEntry
import java.util.zip.ZipOutputStream

/** The SDK as an app starts it. Its service is nowhere, so that it gets as far as asking for a challenge. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [24, 35])
class AssayAndroidTest {
    private val application: Application = RuntimeEnvironment.getApplication()
    private val config = AssayConfig(
        endpoints = listOf("http://127.0.0.1:9"),
        audiences = mapOf("https://api.example" to "https://api.example"),
        build = "1.0",
    )

    @Before
    fun plugIn() {
        Security.addProvider(FakeAndroidKeyStore())
        val apk = File(application.cacheDir, "base.apk")
        ZipOutputStream(apk.outputStream()).use {
            it.putNextEntry(ZipEntry("classes.dex"))
            it.write(byteArrayOf(1, 2, 3))
        }
        application.applicationInfo.sourceDir = apk.path
        // Tests run on the main thread, where waiting is for release builds to get away with.
        application.applicationInfo.flags = application.applicationInfo.flags and ApplicationInfo.FLAG_DEBUGGABLE.inv()
    }

    @After
    fun unplug() {
        Security.removeProvider("AndroidKeyStore")
        FakeHardware.strongBoxFault = null
    }

    @Test
    fun `without a service it fails with a code, and goes on after wake`() {
        val assay = Assay.start(application, config)
        val error = assertThrows(AssayException::class.java) { assay.getTokenBlocking() }
        assertEquals("network", error.code.text)
        assertTrue(assay.debugLog().single(), assay.debugLog().single().startsWith("refresh-failed reason=no-token code=network"))
        Robolectric.buildActivity(android.app.Activity::class.java).create().start()
        assay.close()
        assertEquals("closed", assertThrows(AssayException::class.java) { assay.getTokenBlocking() }.code.text)
    }

    @Test
    fun `before the user has unlocked the device, no key is looked for and none is made`() {
        val users = shadowOf(application.getSystemService(android.os.UserManager::class.java))
        users.setUserUnlocked(false)
        val assay = Assay.start(application, config)
        val error = assertThrows(AssayException::class.java) { assay.getTokenBlocking() }
        assertEquals("key_store_failed user_locked", "${error.code.text} ${error.vendorCode}")
        assay.close()
        users.setUserUnlocked(true)
        val unlocked = Assay.start(application, config)
        assertEquals("network", assertThrows(AssayException::class.java) { unlocked.getTokenBlocking() }.code.text)
        unlocked.close()
    }

    @Test
    fun `the self-test tries key store, image, state and probes, and prints one JSON object`() {
        val assay = Assay.start(application, config)
        val report = checkNotNull(JsonReader.readObject(assay.selfTestBlocking()))
        assertEquals(setOf("v", "sdk", "device", "key_tee", "key_strongbox", "image", "state", "probes"), report.keys)
        assertEquals(2.0, (report["key_tee"] as Map<*, *>)["chain"])
        assertEquals(mapOf("classes.dex" to 3.0), (report["image"] as Map<*, *>)["segments"])
        assertEquals(true, (report["state"] as Map<*, *>)["kept"])
        val probes = report["probes"] as Map<*, *>
        assertEquals(7, probes.size)
        assertTrue(probes.toString(), (probes["android.emulator"] as Map<*, *>)["answer"].toString().contains("name"))
        assay.close()
    }

    @Test
    fun `the self-test says of StrongBox what StrongBox did, and not the trusted environment`() {
        FakeHardware.strongBoxFault = ProviderException("Failed to generate key pair", IllegalStateException("android.security.KeyStoreException: -68"))
        val assay = Assay.start(application, config)
        val report = checkNotNull(JsonReader.readObject(assay.selfTestBlocking()))
        assertEquals(mapOf("fault" to if (Build.VERSION.SDK_INT < 28) "no_strongbox" else "-68"), report["key_strongbox"])
        assertEquals(2.0, (report["key_tee"] as Map<*, *>)["chain"])
        assay.close()
    }

    @Test
    fun `an app that Android moves while it runs is measured where it is now`() {
        val before = application.applicationInfo
        val context = object : ContextWrapper(application) {
            var info = before

            override fun getApplicationInfo() = info

            override fun getApplicationContext() = this
        }
        val assay = Assay.start(context, config)
        val around = AndroidSurroundings(context)
        val moved = File(application.cacheDir, "moved.apk")
        assertTrue(File(before.sourceDir).renameTo(moved))
        context.info = ApplicationInfo(before).apply { sourceDir = moved.path }
        val report = checkNotNull(JsonReader.readObject(assay.selfTestBlocking()))
        assertEquals(mapOf("classes.dex" to 3.0), (report["image"] as Map<*, *>)["segments"])
        assertEquals(moved.path, around.apk())
        assay.close()
    }

    /** The result of `getToken` with a callback that asks for another token, and waits for it. */
    private fun outcomeInCallback(assay: Assay, main: ShadowLooper): List<Any> {
        val seen = java.util.concurrent.LinkedBlockingQueue<Any>()
        assay.getToken(object : AssayCallback<AssayToken> {
            override fun onSuccess(value: AssayToken) = Unit

            override fun onFailure(error: Throwable) {
                seen.add(Thread.currentThread())
                seen.add(runCatching { assay.getTokenBlocking() }.exceptionOrNull() ?: "a token")
            }
        })
        while (seen.size < 2) {
            main.idle()
            Thread.sleep(1)
        }
        return seen.toList()
    }

    @Test
    fun `callbacks and listeners are called on the main thread, where waiting ends`() {
        val assay = Assay.start(application, config)
        val threads = java.util.concurrent.LinkedBlockingQueue<Thread>()
        assay.on { threads.add(Thread.currentThread()) }
        val (thread, outcome) = outcomeInCallback(assay, shadowOf(Looper.getMainLooper()))
        assertEquals(Looper.getMainLooper().thread, thread)
        assertEquals("network", (outcome as AssayException).code.text)
        assertEquals(setOf(thread), threads.toSet())
        assay.close()
    }

    @Test
    fun `waiting on the main thread is misuse in a debuggable build`() {
        application.applicationInfo.flags = application.applicationInfo.flags or ApplicationInfo.FLAG_DEBUGGABLE
        val assay = Assay.start(application, config)
        val calls = listOf({ assay.getTokenBlocking() }, { assay.proofBlocking("GET", "https://api.example/a") }, { assay.resetBlocking() })
        for (call in calls) assertThrows(IllegalStateException::class.java) { call() }
        var elsewhere: Throwable? = null
        Thread { elsewhere = runCatching { assay.getTokenBlocking() }.exceptionOrNull() }.apply { start() }.join()
        assertEquals("network", (elsewhere as AssayException).code.text)
        assay.close()
    }

    @Test
    fun `waiting on the client's own thread is misuse`() {
        val assay = Assay.start(application, config, callbacks = { it.run() })
        val (thread, outcome) = outcomeInCallback(assay, shadowOf(Looper.getMainLooper()))
        assertEquals("assay", (thread as Thread).name)
        assertTrue(outcome.toString(), outcome is IllegalStateException)
        assay.close()
    }

    @Test
    fun `a subscription that is cancelled hears nothing of what was under way`() {
        val posted = java.util.concurrent.LinkedBlockingQueue<Runnable>()
        val assay = Assay.start(application, config, callbacks = { posted.add(it) })
        var heard = 0
        val subscription = assay.on { heard += 1 }
        assertThrows(AssayException::class.java) { assay.getTokenBlocking() }
        val waiting = posted.take()
        subscription.cancel()
        waiting.run()
        assertEquals(0, heard)
        assay.close()
    }

    @Test
    fun `an activity that starts it is not kept`() {
        val activity = Robolectric.buildActivity(android.app.Activity::class.java).create().get()
        val assay = Assay.start(activity, config)
        assertEquals(null, pathToActivity(assay))
        // The search finds one that is kept.
        assertEquals("KeepsContext.context", pathToActivity(KeepsContext(ContextWrapper(activity)))?.substringBefore(" >"))
        assay.close()
    }

    @Test
    fun `a development secret starts in debuggable builds only`() {
        val development = AssayConfig(config.endpoints, config.audiences, build = "dev", developmentSecret = "secret")
        val info = application.applicationInfo
        info.flags = info.flags and ApplicationInfo.FLAG_DEBUGGABLE.inv()
        val misuse = assertThrows(IllegalArgumentException::class.java) { Assay.start(application, development) }
        assertEquals("developmentSecret: is for debuggable builds only", misuse.message)
        info.flags = info.flags or ApplicationInfo.FLAG_DEBUGGABLE
        Assay.start(application, development).close()
    }

    @Test
    fun `a configuration that is missing something is misuse`() {
        assertThrows(IllegalArgumentException::class.java) {
            Assay.start(application, AssayConfig(emptyList(), mapOf("https://api.example" to "a"), build = "1.0"))
        }
        assertThrows(java.io.IOException::class.java) { Assay.start(application) }
    }
}
