package dev.assay

import dev.assay.core.client.WithoutToken
import dev.assay.core.wire.JsonReader
import dev.assay.core.wire.ProofForm

/**
 * What an app states about itself. `docs/guides/android.md` explains each option. [AssayConfigBuilder] makes one in Java.
 *
 * @property endpoints base URLs of the attestation service, tried in turn
 * @property audiences the protected APIs, fixed in the app: origin or URL prefix to token audience, at most 8
 * audiences.
 *   Tokens and proofs go to these and to nothing else; the longest prefix decides
 * @property authorizationServers those of the audiences that are OAuth authorization servers. They say in the JSON of a 400 that they want a
 *   nonce or another token (RFC 6749 section 5.2); in the body of any other answer that text means nothing
 * @property app id of the app; by default the package name
 * @property build id of the build; by default the version name
 * @property abi `auto`: for builds installed from splits, the ABI of the installation; `none`: the build was registered
 * as one APK; or the name of an ABI: it was registered as a bundle
 * @property attestsKey whether secure hardware attests the installation key at its creation. Leave it on
 * @property strongBox whether the key is made in the secure element if there is one: safer from physical attacks, but
 * so slow that a proof for each request is noticeable
 * @property withoutToken what a protected request does if no token is available
 * @property proof the form of proofs: DPoP, or the PoP JWT for authorization servers without combined mode
 * @property requestTimeout milliseconds for one request to the service
 * @property idleAfter milliseconds without use after which the background stops refreshing until the next use
 * @property developmentSecret takes the place of a measurement, for an app and APIs that are registered for development.
 *   Only debuggable builds start with it; whoever has it gets tokens
 * @property admitInsecure accepts `http:` for hosts other than this machine; for closed test networks only
 */
public class AssayConfig(
    public val endpoints: List<String>,
    public val audiences: Map<String, String>,
    public val app: String? = null,
    public val build: String? = null,
    public val abi: String = "auto",
    public val attestsKey: Boolean = true,
    public val strongBox: Boolean = false,
    public val withoutToken: WithoutToken = WithoutToken.FAIL,
    public val proof: ProofForm = ProofForm.DPOP,
    public val requestTimeout: Long = 10_000,
    public val idleAfter: Long = 600_000,
    public val admitInsecure: Boolean = false,
    public val developmentSecret: String? = null,
    public val authorizationServers: List<String> = emptyList(),
) {
    public companion object {
        private val known =
            setOf(
                "endpoints", "audiences", "authorization_servers", "app", "build", "abi", "attests_key", "strong_box", "without_token",
                "proof",
            )

        /**
         * The configuration in a file of the app's assets, as a JSON object: `endpoints`, `audiences`, and optionally
         * `app`, `build`, `abi`, `attests_key`, `strong_box`, `without_token` (`fail` or `send`), `proof`
         * (`dpop` or `attestation-pop`), `authorization_servers`.
         *
         * @throws IllegalArgumentException naming the member that is missing, wrong or unknown
         */
        public fun fromJson(text: String): AssayConfig {
            val members = requireNotNull(JsonReader.readObject(text)) { "configuration: not a JSON object" }
            members.keys.firstOrNull { it !in known }?.let { throw IllegalArgumentException("$it: unknown member") }
            return AssayConfig(
                endpoints = typed<List<*>>(members, "endpoints")?.map { wanted(it as? String, "endpoints") } ?: missing("endpoints"),
                audiences = typed<Map<*, *>>(members, "audiences")?.entries?.associate { (prefix, audience) ->
                    prefix as String to wanted(audience as? String, "audiences")
                } ?: missing("audiences"),
                app = typed<String>(members, "app"),
                build = typed<String>(members, "build"),
                abi = typed<String>(members, "abi") ?: "auto",
                attestsKey = typed<Boolean>(members, "attests_key") ?: true,
                strongBox = typed<Boolean>(members, "strong_box") ?: false,
                withoutToken = when (typed<String>(members, "without_token") ?: "fail") {
                    "fail" -> WithoutToken.FAIL
                    "send" -> WithoutToken.SEND
                    else -> missing("without_token")
                },
                proof = (typed<String>(members, "proof") ?: "dpop").let { text ->
                    ProofForm.entries.firstOrNull { it.text == text } ?: missing("proof")
                },
                authorizationServers = typed<List<*>>(members, "authorization_servers").orEmpty()
                    .map { wanted(it as? String, "authorization_servers") },
            )
        }

        private inline fun <reified T> typed(members: Map<String, Any?>, name: String): T? {
            val value = members[name] ?: return null
            return wanted(value as? T, name)
        }

        private fun <T> wanted(value: T?, name: String): T = value ?: missing(name)

        private fun missing(name: String): Nothing = throw IllegalArgumentException("$name: missing or wrong")
    }
}
