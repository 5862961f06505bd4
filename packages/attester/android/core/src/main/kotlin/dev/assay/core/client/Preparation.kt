package dev.assay.core.client

import dev.assay.core.AssayErrorCode
import dev.assay.core.AssayException
import dev.assay.core.VendorException
import dev.assay.core.orFail
import dev.assay.core.running.Lane
import dev.assay.core.wire.ClientData
import dev.assay.core.wire.Json
import dev.assay.core.wire.androidKeyCommitment
import dev.assay.core.wire.clientDataSigningInput
import dev.assay.core.wire.decodeBase64Url
import dev.assay.core.wire.encodeBase64Url

/**
 * Makes the request that asks for tokens: challenge, key, measurement, client data, evidence. Used on the lane only.
 */
internal class Preparation(
    private val config: ClientConfig,
    private val lane: Lane,
    private val connection: Connection,
    private val measure: Measure,
    private val collector: Collector,
    private val keys: Keys,
    private val kept: KeptState,
    private val failures: Failures,
    private val events: Events,
) {
    /** What the app calls its user, for support: in client data alone. */
    @Volatile
    var reference: String? = null

    private var hasPrepared = false

    /** The plan that was carried out last, and its digest: it need not be sent again. */
    private var held: Pair<String, String>? = null

    /**
     * @param key the current one, `null` if there is none @param isNew whether a refresh would no longer do
     * @param denied thrown in place of making a new key
     * @throws AssayException
     */
    suspend fun prepare(key: InstallationKey?, isNew: Boolean, durations: Durations, denied: AssayException?): Prepared {
        // A full disk, or a damaged file: the service knows, and another enrolment would cost an installation. Asked once a process.
        val isDoubted = config.options.attestsKey && !hasPrepared
        hasPrepared = true
        val isKnown = key != null && !isNew && lane.aside { kept.isEnrolled(key) ?: isDoubted }
        if (denied == null && isKnown && config.options.attestsKey && config.isMeasured) attestedAtLast(key, durations)?.let { return it }
        if (isKnown || !config.options.attestsKey || !config.isMeasured) {
            val own = key ?: keys.create(null)
            return development(own) ?: withKey(own, if (isKnown) EvidencePurpose.REFRESH else EvidencePurpose.ENROLMENT, isNew, durations)
        }
        // A key is attested once, at its creation: every enrolment needs a new one.
        if (denied != null) throw denied
        return withNewKey(isNew, durations)
    }

    /** The request of a client with a development secret; `null` for all others. */
    private fun development(key: InstallationKey): Prepared? {
        val body = config.request(key.publicJwk.members())
        body["secret"] = config.options.developmentSecret ?: return null
        return Prepared(key, Json.write(body), Reading.of(config.ports.clock), 0.0)
    }

    /** One key: the key that hardware attested for this challenge signs for the installation. */
    private suspend fun withNewKey(isNew: Boolean, durations: Durations): Prepared {
        val asked = ask(null, EvidencePurpose.ENROLMENT, durations)
        // If no evidence is judged, a challenge without a key is useless.
        if (asked.answer.evidence == null) return withPlainKey(isNew, durations)
        val challenge = decodeBase64Url(asked.answer.challenge) ?: throw AssayException(AssayErrorCode.RESPONSE_INVALID)
        var mayPass = false
        val key = durations.of("key") { attestedKey(challenge) { mayPass = it.mayPass } }
        if (key != null) return write(key, asked, key.attestation, isNew, durations)
        return withPlainKey(isNew, durations).also { lane.aside { kept.savePlain(it.key, mayPass) } }
    }

    private suspend fun withPlainKey(isNew: Boolean, durations: Durations): Prepared =
        withKey(durations.of("key") { keys.create(null) }, EvidencePurpose.ENROLMENT, isNew, durations)

    /**
     * Where hardware once failed to attest a key: the enrolment of an attested key in place of the plain one, once an hour if the
     * fault may pass, and once after each update. `null` if it is not due, or still fails; the plain key stays then.
     */
    private suspend fun attestedAtLast(plain: InstallationKey, durations: Durations): Prepared? {
        if (!lane.aside { kept.isAttestationDue(plain) }) return null
        var mayPass = true
        lane.aside { kept.savePlain(plain, mayPass) }
        val asked = ask(null, EvidencePurpose.ENROLMENT, durations)
        if (asked.answer.evidence == null) return null
        val challenge = decodeBase64Url(asked.answer.challenge) ?: throw AssayException(AssayErrorCode.RESPONSE_INVALID)
        val key = durations.of("key") {
            try {
                attestedKey(challenge) { mayPass = it.mayPass }
            } catch (error: AssayException) {
                if (error.code != AssayErrorCode.KEY_STORE_FAILED) throw error
                null
            }
        }
        if (!mayPass) lane.aside { kept.savePlain(plain, false) }
        return key?.let { write(it, asked, it.attestation, true, durations) }
    }

    /** `null` if the device cannot attest one now: then another kind of evidence must suffice. */
    private suspend fun attestedKey(challenge: ByteArray, refused: (VendorException) -> Unit): InstallationKey? = try {
        keys.create(androidKeyCommitment(challenge)).takeIf { it.attestation != null }
    } catch (error: AssayException) {
        val fault = error.cause as? VendorException
        if (fault == null || error.code != AssayErrorCode.EVIDENCE_FAILED) throw error
        failures.noteVendor(fault.vendorCode)
        events.emit(AssayEvent.AttestationUnavailable(fault.vendorCode))
        refused(fault)
        null
    }

    private suspend fun withKey(key: InstallationKey, purpose: EvidencePurpose, isNew: Boolean, durations: Durations): Prepared =
        write(key, ask(key, purpose, durations), null, isNew, durations)

    private suspend fun ask(key: InstallationKey?, purpose: EvidencePurpose, durations: Durations): Answered<ChallengeAnswer> {
        val request = config.request(key?.publicJwk?.thumbprint())
        request["purpose"] = purpose.text
        config.options.abi?.let { request["abi"] = it }
        measure.shape()?.let { request["shape"] = it }
        request["plan"] = held?.second ?: ""
        request["token_kinds"] = listOf("attestation", "access")
        val told = failures.list()
        if (told.isNotEmpty()) request["failures"] = told
        val body = Json.write(request)
        return durations.of("challenge") { connection.post("/v1/challenges", body) { readChallengeAnswer(it, held?.first) } }.also { failures.clear() }
    }

    private suspend fun write(
        key: InstallationKey,
        asked: Answered<ChallengeAnswer>,
        attestation: Map<String, Any>?,
        isNew: Boolean,
        durations: Durations,
    ): Prepared {
        val answer = asked.answer
        val evidence = collector.prepare(answer.evidence, isNew, attestation)
        val measured = durations.of("measurement") { measure.measure(answer.plan, answer.challenge) }
        held = Pair(answer.plan, measured.planDigest)
        val clientData = ClientData(
            challenge = answer.challenge,
            planDigest = measured.planDigest,
            app = config.app,
            build = config.build,
            sdk = config.ports.sdk,
            audiences = config.audienceList,
            key = key.publicJwk,
            measurement = measured.measurement,
            hasText = measured.hasText,
            probes = measured.probes,
            evidence = evidence.formats,
            reference = reference,
            abi = config.options.abi,
        ).bytes()
        val signature = durations.of("signature") {
            orFail(AssayErrorCode.KEY_STORE_FAILED) { lane.aside { key.sign(clientDataSigningInput(clientData)) } }
        }
        val items = durations.of("evidence") { evidence.collect(clientData) }
        val body = linkedMapOf(
            "client_data" to encodeBase64Url(clientData),
            "signature" to encodeBase64Url(signature),
            "evidence" to items,
        )
        return Prepared(key, Json.write(body), asked.sentAt, answer.expiresIn * 1000)
    }
}
