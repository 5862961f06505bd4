package dev.assay.core.wire

/**
 * The result of carrying out a plan.
 *
 * @property response base64url of 32 bytes
 * @property tags segment name to base64url of its 8-byte tag, in name order
 */
public class MeasurementResponse(public val response: String, public val tags: Map<String, String>) {
    internal fun members(): Map<String, Any> = linkedMapOf("response" to response, "tags" to tags)
}

/**
 * The one JSON object that the installation key signs and that the binding commits to.
 *
 * @property challenge as received
 * @property planDigest base64url(SHA-256) of the plan
 * @property app id of the app
 * @property build id of the build
 * @property sdk name and version, `name/version`
 * @property audiences those that tokens are requested for, in the order of the options
 * @property key the installation key
 * @property measurement the result of the plan
 * @property probes a boolean, whole number or text for each probe that the plan asks for
 * @property evidence kinds of evidence that follow, in order
 * @property reference what the app calls its user, if it has said so
 */
public class ClientData(
    public val challenge: String,
    public val planDigest: String,
    public val app: String,
    public val build: String,
    public val sdk: String,
    public val audiences: List<String>,
    public val key: PublicJwk,
    public val measurement: MeasurementResponse,
    /** Whether the plan asks for a second image, which no Android build has. */
    public val hasText: Boolean,
    public val probes: Map<String, Any>,
    public val evidence: List<String>,
    /** The result for the second image, if it can be reached. */
    public val text: MeasurementResponse? = null,
    public val reference: String? = null,
    /** As in the request for the challenge. */
    public val abi: String? = null,
) {
    /** The bytes that are signed and sent: the same for every SDK. */
    public fun bytes(): ByteArray {
        val members = linkedMapOf<String, Any?>(
            "v" to 1,
            "challenge" to challenge,
            "plan_digest" to planDigest,
            "app" to app,
            "build" to build,
        )
        if (abi != null) members["abi"] = abi
        members["sdk"] = sdk
        members["audiences"] = audiences
        members["key"] = key.members()
        members["measurement"] = measurement.members()
        if (hasText) members["text"] = text?.members()
        members["probes"] = probes
        if (reference != null) members["reference"] = reference
        members["evidence"] = evidence
        return utf8(Json.write(members))
    }
}
