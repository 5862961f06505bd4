package dev.assay

import dev.assay.core.client.WithoutToken
import dev.assay.core.wire.ProofForm
import java.util.concurrent.TimeUnit
import kotlin.time.Duration

/**
 * Makes an [AssayConfig], from Java too. A later version adds options as functions, so that code compiled against this one still runs;
 * a constructor with default arguments cannot promise that. [AssayConfig] says what each option means.
 */
public class AssayConfigBuilder {
    private val endpoints = mutableListOf<String>()
    private val audiences = linkedMapOf<String, String>()
    private val authorizationServers = mutableListOf<String>()
    private var app = defaults.app
    private var build = defaults.build
    private var abi = defaults.abi
    private var attestsKey = defaults.attestsKey
    private var strongBox = defaults.strongBox
    private var withoutToken = defaults.withoutToken
    private var proof = defaults.proof
    private var requestTimeout = defaults.requestTimeout
    private var idleAfter = defaults.idleAfter
    private var admitInsecure = defaults.admitInsecure
    private var developmentSecret = defaults.developmentSecret

    /** Adds a base URL of the attestation service. They are tried in the order of the calls; at least one is needed. */
    public fun endpoint(url: String): AssayConfigBuilder = apply { endpoints += url }

    /** Adds a protected API; at least one is needed. A second call for the same prefix replaces the first. */
    public fun audience(prefix: String, audience: String): AssayConfigBuilder = apply { audiences[prefix] = audience }

    /** Says that one of the audiences is an OAuth authorization server. */
    public fun authorizationServer(audience: String): AssayConfigBuilder = apply { authorizationServers += audience }

    /** Sets [AssayConfig.app]. */
    public fun app(id: String): AssayConfigBuilder = apply { app = id }

    /** Sets [AssayConfig.build]. */
    public fun buildId(id: String): AssayConfigBuilder = apply { build = id }

    /** Sets [AssayConfig.abi]. */
    public fun abi(name: String): AssayConfigBuilder = apply { abi = name }

    /** Sets [AssayConfig.attestsKey]. */
    public fun attestsKey(attests: Boolean): AssayConfigBuilder = apply { attestsKey = attests }

    /** Sets [AssayConfig.strongBox]. */
    public fun strongBox(prefers: Boolean): AssayConfigBuilder = apply { strongBox = prefers }

    /** Sets [AssayConfig.withoutToken]. */
    public fun withoutToken(reaction: WithoutToken): AssayConfigBuilder = apply { withoutToken = reaction }

    /** Sets [AssayConfig.proof]. */
    public fun proof(form: ProofForm): AssayConfigBuilder = apply { proof = form }

    /** Sets [AssayConfig.requestTimeout]: at least a millisecond; a fraction of one is dropped. */
    public fun requestTimeout(timeout: Long, unit: TimeUnit): AssayConfigBuilder = apply { requestTimeout = unit.toMillis(timeout) }

    /** Sets [AssayConfig.requestTimeout]: at least a millisecond; a fraction of one is dropped. */
    public fun requestTimeout(timeout: Duration): AssayConfigBuilder = requestTimeout(timeout.inWholeMilliseconds, TimeUnit.MILLISECONDS)

    /** Sets [AssayConfig.idleAfter]; a fraction of a millisecond is dropped. */
    public fun idleAfter(time: Long, unit: TimeUnit): AssayConfigBuilder = apply { idleAfter = unit.toMillis(time) }

    /** Sets [AssayConfig.idleAfter]; a fraction of a millisecond is dropped. */
    public fun idleAfter(time: Duration): AssayConfigBuilder = idleAfter(time.inWholeMilliseconds, TimeUnit.MILLISECONDS)

    /** Sets [AssayConfig.admitInsecure]. */
    public fun admitInsecure(admits: Boolean): AssayConfigBuilder = apply { admitInsecure = admits }

    /** Sets [AssayConfig.developmentSecret]. */
    public fun developmentSecret(secret: String): AssayConfigBuilder = apply { developmentSecret = secret }

    /** The configuration, which later calls of this builder leave as it is. `Assay.start` checks it. */
    public fun build(): AssayConfig = AssayConfig(
        endpoints = endpoints.toList(),
        audiences = audiences.toMap(),
        app = app,
        build = build,
        abi = abi,
        attestsKey = attestsKey,
        strongBox = strongBox,
        withoutToken = withoutToken,
        proof = proof,
        requestTimeout = requestTimeout,
        idleAfter = idleAfter,
        admitInsecure = admitInsecure,
        developmentSecret = developmentSecret,
        authorizationServers = authorizationServers.toList(),
    )

    private companion object {
        private val defaults = AssayConfig(emptyList(), emptyMap())
    }
}
