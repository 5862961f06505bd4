package dev.assay.reactnative

import dev.assay.AssayConfig
import dev.assay.core.client.WithoutToken

private val known = setOf(
    "endpoints", "audiences", "authorizationServers", "app", "build", "withoutToken", "requestTimeout", "idleAfter",
    "android", "ios", "dangerouslyAllowInsecureRequests", "developmentSecret",
)
private val knownHere = setOf("abi", "attestsKey", "strongBox")

/** The options of `createAssay` in the form of the Android SDK. */
internal fun configOf(options: Request): AssayConfig {
    (options.names - known).firstOrNull()?.let { throw Misuse("$it: unknown member") }
    val here = options.part("android")
    (here?.names.orEmpty() - knownHere).firstOrNull()?.let { throw Misuse("android.$it: unknown member") }
    return AssayConfig(
        endpoints = options.texts("endpoints"),
        audiences = options.textMap("audiences"),
        app = options.textOrNull("app"),
        build = options.textOrNull("build"),
        abi = here?.textOrNull("abi") ?: "auto",
        attestsKey = here?.flagOrNull("attestsKey") ?: true,
        strongBox = here?.flag("strongBox") ?: false,
        withoutToken = when (options.textOrNull("withoutToken") ?: "fail") {
            "fail" -> WithoutToken.FAIL
            "send" -> WithoutToken.SEND
            else -> Request.missing("withoutToken")
        },
        requestTimeout = options.whole("requestTimeout") ?: 10_000,
        idleAfter = options.whole("idleAfter") ?: 600_000,
        admitInsecure = options.flag("dangerouslyAllowInsecureRequests"),
        developmentSecret = options.textOrNull("developmentSecret"),
        authorizationServers = options.textsOrNull("authorizationServers").orEmpty(),
    )
}
