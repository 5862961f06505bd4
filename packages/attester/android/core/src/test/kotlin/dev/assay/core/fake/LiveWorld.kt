package dev.assay.core.fake

import dev.assay.core.client.AssayClient
import dev.assay.core.client.ClientOptions
import dev.assay.core.client.ClientPorts
import dev.assay.core.client.Clock
import dev.assay.core.client.WithoutToken
import dev.assay.core.running.ThreadScheduler
import dev.assay.core.wire.ProofForm
import java.security.SecureRandom

/** A client in time as it passes, on threads of its own, for adapters of HTTP clients. */
class LiveWorld(
    audiences: Map<String, String>,
    withoutToken: WithoutToken = WithoutToken.FAIL,
    proof: ProofForm = ProofForm.DPOP,
    clock: Clock = SystemClock,
    authorizationServers: List<String> = emptyList(),
) {
    constructor(prefix: String, withoutToken: WithoutToken = WithoutToken.FAIL, proof: ProofForm = ProofForm.DPOP) :
        this(mapOf(prefix to AUDIENCE), withoutToken, proof)

    val service = FakeService { clock.wall().toLong() / 1000 }
    val client = AssayClient(
        ClientOptions(
            listOf("https://attest.example"),
            "com.example.app",
            "1.0",
            audiences,
            withoutToken = withoutToken,
            proof = proof,
            authorizationServers = authorizationServers,
        ),
        ClientPorts(
            image = FakeWorld.Companion::code,
            keyStore = FakeKeyStore(),
            state = FakeStateStore(),
            http = service,
            clock = clock,
            random = SecureRandom().let { random -> { length -> ByteArray(length).also(random::nextBytes) } },
            scheduler = ThreadScheduler(Throwable::printStackTrace),
            probes = emptyList(),
        ),
    )
}

private object SystemClock : Clock {
    override fun monotonic() = System.nanoTime() / 1e6

    override fun wall() = System.currentTimeMillis().toDouble()
}
