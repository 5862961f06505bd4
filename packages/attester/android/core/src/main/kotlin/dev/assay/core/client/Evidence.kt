package dev.assay.core.client

import dev.assay.core.AssayErrorCode
import dev.assay.core.AssayException
import dev.assay.core.orFail
import dev.assay.core.running.Lane
import dev.assay.core.wire.bindingOf

/** Platform evidence for one exchange, complete except for the commitment. */
internal class Collectable(
    private val lane: Lane,
    private val purpose: EvidencePurpose,
    private val attestation: Map<String, Any>?,
    private val pieces: List<PreparedEvidence>,
) {
    /** Kinds of evidence that follow, as client data names them. */
    val formats: List<String> get() = listOfNotNull(attestation?.get("format") as String?) + pieces.map(PreparedEvidence::format)

    /** Evidence that commits to these bytes of client data. @throws AssayException `evidence_failed` */
    suspend fun collect(clientData: ByteArray): List<Map<String, Any>> = lane.aside {
        val binding = bindingOf(clientData)
        listOfNotNull(attestation) + pieces.map { piece ->
            collecting(purpose) { mapOf<String, Any>("format" to piece.format) + piece.collect(binding) }
        }
    }
}

/** Asks all sources, and keeps their order. */
internal class Collector(private val config: ClientConfig, private val lane: Lane) {
    /**
     * @param wanted `evidence` of the answer to the challenge, as received; if it is missing, no evidence is judged
     * @param isNew whether what the service remembers no longer counts
     * @param attestation of a key that was made for this challenge
     * @throws AssayException `evidence_failed`; `response_invalid` for an unknown purpose
     */
    suspend fun prepare(wanted: Any?, isNew: Boolean, attestation: Map<String, Any>?): Collectable {
        if (wanted == null) return Collectable(lane, EvidencePurpose.ENROLMENT, attestation, emptyList())
        val told = EvidencePurpose.entries.firstOrNull { it.text == wanted }
            ?: throw AssayException(AssayErrorCode.RESPONSE_INVALID)
        val purpose = if (isNew) EvidencePurpose.ENROLMENT else told
        return lane.aside {
            Collectable(lane, purpose, attestation, config.ports.evidence.mapNotNull { collecting(purpose) { it.prepare(purpose) } })
        }
    }
}

/**
 * A source that fails at a refresh has nothing to refresh: an enrolment may cure this, as when the service asks for
 * one.
 */
private inline fun <T> collecting(purpose: EvidencePurpose, work: () -> T): T = try {
    orFail(AssayErrorCode.EVIDENCE_FAILED, work)
} catch (error: AssayException) {
    if (purpose != EvidencePurpose.REFRESH) throw error
    throw AssayException(error.code, error.cause, problem = "enrolment_required")
}
