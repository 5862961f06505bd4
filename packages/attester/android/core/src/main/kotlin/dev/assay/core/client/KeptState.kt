package dev.assay.core.client

import dev.assay.core.wire.Json
import dev.assay.core.wire.JsonReader

/** A request that is ready to be sent, and is resent byte for byte: the service gives the same tokens for it. */
internal class Prepared(
    val key: InstallationKey,
    val body: String,
    /** When the challenge was requested. */
    val askedAt: Reading,
    /** Milliseconds from then for which the challenge is valid. */
    val goodFor: Double,
) {
    fun isGood(clock: Clock): Boolean = clock.monotonic() <= askedAt.monotonic + goodFor
}

/** What outlives the process, by name in the state store. Blocks; a store that fails is treated as an empty one. */
internal class KeptState(private val config: ClientConfig) {
    private val clock = config.ports.clock

    fun saveGrant(grant: Grant) = save("grant") {
        mapOf(
            "id" to idOf(grant.key),
            "tokens" to grant.tokens.map {
                val kept = mapOf("audience" to it.audience, "token" to it.token, "expires_in" to text(it.expiresIn))
                if (it.type == null) kept else kept + ("type" to it.type.text)
            },
            "remedies" to grant.remedies.map { mapOf("audience" to it.key, "remedy" to it.value?.toWire()) },
            "refresh_after" to text(grant.refreshAfter),
            "trace" to grant.trace,
            "sent_at" to text(grant.sentAt.wall),
            "offset" to text(grant.offset),
        )
    }

    /** `null` if there is none for this app, build, key and audiences, or its age is unknown. */
    fun loadGrant(key: InstallationKey): Grant? = load("grant", key) { found ->
        val tokens = (found["tokens"] as List<*>).map {
            val one = it as Map<*, *>
            val type = one["type"]?.let { text -> TokenType.entries.first { it.text == text } }
            IssuedToken(one["audience"] as String, one["token"] as String, number(one["expires_in"]), type)
        }
        val sentAt = readingOf(number(found["sent_at"])) ?: return@load null
        val remedies = readRemedies(found["remedies"])
        Grant(tokens, number(found["refresh_after"]), found["trace"] as String, key, sentAt, number(found["offset"]), remedies)
    }

    fun savePrepared(prepared: Prepared?) = save("pending") {
        prepared?.let {
            mapOf("id" to idOf(it.key), "body" to it.body, "asked_at" to text(it.askedAt.wall), "good_for" to text(it.goodFor))
        }
    }

    fun loadPrepared(key: InstallationKey): Prepared? = load("pending", key) { found ->
        val askedAt = readingOf(number(found["asked_at"])) ?: return@load null
        // Already answered: the process died before it could record that here.
        if (loadGrant(key)?.let { it.sentAt.wall >= askedAt.wall } == true) return@load null
        Prepared(key, found["body"] as String, askedAt, number(found["good_for"])).takeIf { it.isGood(clock) }
    }

    /**
     * Whether a token was issued for this key, to any build of the app and for any audiences, so that the service may remember it;
     * `null` if no readable entry says so or otherwise, or if a body that this key has signed was never answered.
     */
    fun isEnrolled(key: InstallationKey): Boolean? {
        val owner = ownerOf(entry("enrolled")) ?: return null
        val own = ownerOf(key)
        return if (owner != own && ownerOf(entry("pending")) == own) null else owner == own
    }

    fun saveEnrolled(key: InstallationKey) = save("enrolled") { mapOf("id" to idOf(key)) }

    /** A key that was made because hardware attested none. @param mayPass whether it may attest one at any time, and not just after an update of the app */
    fun savePlain(key: InstallationKey, mayPass: Boolean) = save("plain") {
        mapOf("id" to idOf(key), "tried_at" to text(clock.wall())) + if (mayPass) emptyMap() else mapOf("until" to "update")
    }

    /** Whether it is time to try again. A clock that was set back decides nothing. */
    fun isAttestationDue(key: InstallationKey): Boolean = try {
        val found = entry("plain")?.takeIf { ownerOf(it) == ownerOf(key) }
        val isOver = found?.get("until") == null && clock.wall() - number(found?.get("tried_at")) !in 0.0..HOUR
        found != null && (isOver || buildOf(found) != config.build)
    } catch (_: Exception) {
        false
    }

    fun clear() {
        for (name in listOf("grant", "pending", "enrolled", "plain")) save(name) { null }
    }

    /** The context of an entry: version, app, build, key and audiences, none of which has a space. */
    private fun idOf(key: InstallationKey): String =
        (listOf(VERSION, config.app, config.build, key.publicJwk.thumbprint()) + config.audienceList).joinToString(" ")

    /** Names the app and the key, which stay when the app is updated or asks for tokens of other APIs. */
    private fun ownerOf(key: InstallationKey): String = config.app + " " + key.publicJwk.thumbprint()

    /** The same, of an entry; `null` if it cannot be told, as in one of a later version. */
    private fun ownerOf(entry: Map<String, Any?>?): String? {
        val id = (entry?.get("id") as? String)?.split(' ') ?: return null
        return if (id.size > KEY && id[0] == VERSION) id[APP] + " " + id[KEY] else null
    }

    /**
     * The moment when the wall clock showed `wall`; `null` if it was set back since: monotonic clocks may start again.
     */
    private fun readingOf(wall: Double): Reading? {
        val age = clock.wall() - wall
        return if (age >= 0) Reading(clock.monotonic() - age, wall) else null
    }

    private fun save(name: String, members: () -> Map<String, Any>?) {
        try {
            config.ports.state.save(name, members()?.let(Json::write))
        } catch (_: Exception) {
            // A full disk costs only an exchange after the next start.
        }
    }

    private fun buildOf(entry: Map<String, Any?>): String = (entry["id"] as String).split(' ')[BUILD]

    private fun entry(name: String): Map<String, Any?>? = try {
        config.ports.state.load(name)?.let(JsonReader::readObject)
    } catch (_: Exception) {
        null
    }

    private fun <T> load(name: String, key: InstallationKey, read: (Map<String, Any?>) -> T?): T? = try {
        entry(name)?.takeIf { it["id"] == idOf(key) }?.let(read)
    } catch (_: Exception) {
        null
    }

    private companion object {
        const val HOUR = 3_600_000.0
        const val VERSION = "1"

        /** Positions in an id. */
        const val APP = 1
        const val BUILD = 2
        const val KEY = 3
    }

    private fun text(number: Double): String = number.toString()

    private fun number(value: Any?): Double = (value as String).toDouble()
}
