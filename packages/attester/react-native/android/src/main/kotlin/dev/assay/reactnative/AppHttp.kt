package dev.assay.reactnative

import com.facebook.react.bridge.ReactApplicationContext
import com.facebook.react.modules.network.ForwardingCookieHandler
import com.facebook.react.modules.network.OkHttpClientProvider
import com.facebook.react.modules.network.ReactCookieJarContainer
import okhttp3.JavaNetCookieJar
import okhttp3.OkHttpClient
import java.net.CookieHandler
import java.util.concurrent.TimeUnit

/**
 * The app's HTTP client in React Native: from the app's own factory if it has set one, with its pins and interceptors.
 */
@Suppress("DEPRECATION") // Releases before 0.81 know only the constructor that takes a context.
internal fun appHttp(context: ReactApplicationContext): OkHttpClient.Builder =
    appHttp(OkHttpClientProvider.getOkHttpClient(), ForwardingCookieHandler(context))

/**
 * @param cookies the cookies of `fetch` and of web views: the jar of React Native's client is empty until its own
 * module fills it
 */
internal fun appHttp(app: OkHttpClient, cookies: CookieHandler): OkHttpClient.Builder {
    val jar = ReactCookieJarContainer()
    jar.setCookieJar(JavaNetCookieJar(cookies))
    val builder = app.newBuilder().cookieJar(jar)
    // React Native has none, and lets JavaScript give up: without one a request to a dead API never ends.
    if (app.connectTimeoutMillis == 0) builder.connectTimeout(CONNECT_SECONDS, TimeUnit.SECONDS)
    if (app.readTimeoutMillis == 0) builder.readTimeout(SECONDS, TimeUnit.SECONDS)
    if (app.writeTimeoutMillis == 0) builder.writeTimeout(SECONDS, TimeUnit.SECONDS)
    return builder
}

private const val CONNECT_SECONDS = 30L

/** As on iOS. */
private const val SECONDS = 60L
