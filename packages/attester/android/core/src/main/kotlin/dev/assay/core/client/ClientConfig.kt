package dev.assay.core.client

import dev.assay.AssayConfig
import dev.assay.LoadedScript
import dev.assay.core.measurement.CodeImage
import dev.assay.core.request.ProtectedUrls
import dev.assay.core.request.readSecureUrl
import dev.assay.core.running.Scheduler
import dev.assay.core.wire.ProofForm
import dev.assay.core.wire.utf8

/** What a request to a protected API does if no token is available. */
public enum class WithoutToken {
    /** It is not sent. */
    FAIL,

    /** It is sent with the error's code in the header `Assay-Status`, in place of token and proof. */
    SEND,
}

/**
 * What the app states.
 *
 * @property endpoints base URLs of the attestation service, tried in turn
 * @property app id under which the app is registered: 3 to 255 letters, digits, `.`, `_` and `-`
 * @property build id of the registered build: at most 128 letters, digits, `.`, `_`, `+` and `-`
 * @property audiences the protected APIs, fixed in the app: origin or URL prefix to token audience, at most 8 audiences. Tokens and
 *   proofs go to these and to nothing else; the longest prefix decides
 * @property authorizationServers those of the audiences that are OAuth authorization servers. They say in the JSON of a 400 that they want a
 *   nonce or another token (RFC 6749 section 5.2); in the body of any other answer that text means nothing
 * @property abi of builds that are registered by ABI: the one that this installation has
 * @property attestsKey whether hardware attests installation keys when they are created, which is the default
 * @property withoutToken what a protected request does if no token is available
 * @property proof the form of proofs
 * @property requestTimeout milliseconds for one request to the service
 * @property idleAfter milliseconds without use after which the background stops refreshing until the next use
 * @property developmentSecret takes the place of a measurement, for an app and APIs that are registered for development
 * @property admitInsecure accepts `http:` for hosts other than this machine; for closed test networks only
 */
public class ClientOptions(
    public val endpoints: List<String>,
    public val app: String,
    public val build: String,
    public val audiences: Map<String, String>,
    public val abi: String? = null,
    public val attestsKey: Boolean = true,
    public val withoutToken: WithoutToken = WithoutToken.FAIL,
    public val proof: ProofForm = ProofForm.DPOP,
    public val requestTimeout: Long = 10_000,
    public val idleAfter: Long = 600_000,
    public val admitInsecure: Boolean = false,
    public val developmentSecret: String? = null,
    public val authorizationServers: List<String> = emptyList(),
) {
    public companion object {
        /**
         * Applies a configuration to an installed app.
         *
         * @param packageName the app's id if the configuration gives none
         * @param versionName the build's id if the configuration gives none
         * @param abi of an installation from splits
         * @param script if it states its build, that takes precedence @throws IllegalArgumentException if neither gives
         * a build
         */
        public fun of(
            config: AssayConfig,
            packageName: String,
            versionName: String?,
            abi: String?,
            script: LoadedScript = LoadedScript(),
        ): ClientOptions = ClientOptions(
            endpoints = config.endpoints,
            app = config.app ?: packageName,
            build = requireNotNull(script.build ?: config.build ?: versionName) { "build: missing or wrong" },
            audiences = config.audiences,
            abi = when (config.abi) {
                "auto" -> abi
                "none" -> null
                else -> config.abi
            },
            attestsKey = config.attestsKey,
            withoutToken = config.withoutToken,
            proof = config.proof,
            requestTimeout = config.requestTimeout,
            idleAfter = config.idleAfter,
            admitInsecure = config.admitInsecure,
            developmentSecret = config.developmentSecret,
            authorizationServers = config.authorizationServers,
        )
    }
}

/** Opens the reader of the app's own code, at the first exchange. May block. */
public fun interface CodeImageOpener {
    /** @throws java.io.IOException if the code cannot be read */
    public fun open(): CodeImage
}

/**
 * What the platform provides.
 *
 * @property image reader of the app's own code, opened at the first exchange
 * @property keyStore where the installation key is
 * @property state what outlives the process
 * @property http the way to the attestation service
 * @property clock of the device, right or wrong
 * @property random for key identifiers, jitter and proofs
 * @property scheduler runs the client, and what blocks
 * @property probes the probes that plans may ask for, each name once
 * @property evidence of the platform, besides the attestation of the installation key
 */
public class ClientPorts(
    public val image: CodeImageOpener,
    public val keyStore: KeyStore,
    public val state: StateStore,
    public val http: Http,
    public val clock: Clock,
    public val random: RandomBytes,
    public val scheduler: Scheduler,
    public val probes: List<Probe>,
    public val evidence: List<EvidenceSource> = emptyList(),
    /** As it appears in requests, `name/version`. */
    public val sdk: String = SDK,
)

/** Options, checked, and ports. */
internal class ClientConfig(val options: ClientOptions, val ports: ClientPorts) {
    val app = options.app
    val build = options.build
    val endpoints = options.endpoints.map { readSecureUrl(it, "endpoints", options.admitInsecure) }
    val protectedUrls = ProtectedUrls(options.audiences, options.admitInsecure)

    /** Distinct audiences, in the order given. */
    val audienceList = options.audiences.values.distinct()

    /** By name. */
    val probes = ports.probes.associateBy(Probe::name)

    /** Whether tokens are for evidence, and not for a development secret. */
    val isMeasured = options.developmentSecret == null

    /** What every request of an installation states about it. */
    fun request(key: Any?): MutableMap<String, Any> {
        val members = linkedMapOf("v" to WIRE_VERSION, "app" to app, "build" to build, "sdk" to ports.sdk, "audiences" to audienceList)
        if (key != null) members["key"] = key
        return members
    }

    init {
        requireOption("app", isId(app, 255, "._-") && app.length >= 3)
        requireOption("build", isId(build, 128, "._+-"))
        requireOption("endpoints", endpoints.isNotEmpty())
        requireOption("audiences", audienceList.size in 1..8 && audienceList.all(::isVisibleText))
        requireOption("authorizationServers", audienceList.containsAll(options.authorizationServers))
        requireOption("abi", options.abi == null || isAbi(options.abi))
        requireOption("requestTimeout", options.requestTimeout in 1..0x7fffffff)
        requireOption("idleAfter", options.idleAfter >= 0)
        requireOption("probes", probes.size == ports.probes.size && probes.keys.all(::isName))
    }
}

internal fun requireOption(name: String, holds: Boolean) = require(holds) { "$name: missing or wrong" }

private fun isLetterOrDigit(one: Char) = one in 'a'..'z' || one in 'A'..'Z' || one in '0'..'9'

private fun isId(text: String, longest: Int, others: String) =
    text.length in 1..longest && isLetterOrDigit(text[0]) && text.all { isLetterOrDigit(it) || it in others }

private fun isAbi(text: String) = text.length in 1..32 && text.all { it in 'a'..'z' || it in '0'..'9' || it in "_-" }

private fun isName(text: String) =
    isId(text, 64, "._-") && text.none { it in 'A'..'Z' }

/** Visible ASCII, so that nothing else can get into a header. */
internal fun isVisibleText(text: String) = text.isNotEmpty() && text.all { it in '!'..'~' }

private const val LONGEST_REFERENCE = 128

/** 1 to 128 bytes of UTF-8, without control characters and lone surrogates. */
internal fun isReference(text: String): Boolean {
    // The quick look first: a text of any length may be given.
    if (text.isEmpty() || text.length > LONGEST_REFERENCE || text.any { it < ' ' || it in '\u007f'..'\u009f' }) return false
    var at = 0
    while (at < text.length) {
        val isPair = text[at].isHighSurrogate() && at + 1 < text.length && text[at + 1].isLowSurrogate()
        if (!isPair && text[at].isSurrogate()) return false
        at += if (isPair) 2 else 1
    }
    return utf8(text).size <= LONGEST_REFERENCE
}
