package dev.assay.core.client

import dev.assay.core.measurement.Segment
import dev.assay.core.running.Abort
import dev.assay.core.wire.PublicJwk

/** The installation key: P-256, made on the device and kept as well as the platform allows. */
public interface InstallationKey {
    /** The key that identifies the installation to the service. */
    public val publicJwk: PublicJwk

    /**
     * The evidence item in which hardware vouches for this key, at its creation; `null` later, and if it was not
     * attested.
     */
    public val attestation: Map<String, Any>?

    /**
     * ES256 over `data`: 64 bytes, r then s (IEEE P1363). May block.
     *
     * @throws dev.assay.core.KeyStoreUnavailableException if the key may be able to sign later
     */
    public fun sign(data: ByteArray): ByteArray
}

/** Keeps one installation key across restarts of the app. Its functions may block and are called off the lane. */
public interface KeyStore {
    /**
     * The key that was made last, or `null` if there is none. If it throws, the key is no longer usable.
     *
     * @throws dev.assay.core.KeyStoreUnavailableException if the key may be usable later
     */
    public fun open(): InstallationKey?

    /**
     * Makes another key, which replaces the current one. If the store can do so, the old one signs until [keep].
     *
     * @param commitment what hardware should attest the key over, or `null` for a key that is not attested
     * @throws dev.assay.core.VendorException if the device cannot make such a key
     * @throws dev.assay.core.KeyStoreUnavailableException if it may be able to later
     */
    public fun create(commitment: ByteArray?): InstallationKey

    /** Tokens exist for this key: any other is discarded. */
    public fun keep(key: InstallationKey)

    /** Discards every key. */
    public fun clear()
}

/** The clocks of the device. Neither is trusted: the service's time decides, see [AssayEvent.Token.clockOffset]. */
public interface Clock {
    /**
     * Milliseconds from some start, never set back, including the time that the device sleeps if available.
     */
    public fun monotonic(): Double

    /** Milliseconds since 1970 by the clock of the device, right or wrong. */
    public fun wall(): Double
}

/** `length` bytes from a cryptographically strong source. */
public fun interface RandomBytes {
    /** @param length 1 or more */
    public fun next(length: Int): ByteArray
}

/**
 * An answer over HTTP, whatever its status.
 *
 * @property retryAfter the header of this name, as received
 */
public class HttpAnswer(public val status: Int, public val body: String, public val retryAfter: String?)

/** Sends requests to the attestation service, follows no redirect, and keeps no cookies and no answers. */
public interface Http {
    /** @throws java.io.IOException if no answer came, or one that leads elsewhere */
    public suspend fun post(url: String, body: String, abort: Abort): HttpAnswer
}

/**
 * What is kept across restarts of the app, shared by its processes: small texts by name. May block, and is called off
 * the lane. A failing store is treated as an empty one.
 */
public interface StateStore {
    /** What was last saved under this name; `null` if there is nothing. */
    public fun load(name: String): String?

    /**
     * Replaces the entry as a whole: a process that is killed leaves the old one or the new one.
     *
     * @param text `null` removes the entry
     */
    public fun save(name: String, text: String?)

    /**
     * Keeps others from running work until [release]; does not wait for them.
     *
     * @return `false` while another process does so
     */
    public fun tryAcquire(): Boolean

    /** Ends what [tryAcquire] began. */
    public fun release()
}

/**
 * What platform evidence is for.
 *
 * @property text as on the wire
 */
public enum class EvidencePurpose(public val text: String) {
    ENROLMENT("enrolment"),
    REFRESH("refresh"),
}

/** Platform evidence besides the attestation of the installation key, from an adapter over what the platform offers. */
public interface EvidenceSource {
    /**
     * Called before client data is written, because client data names the kinds of evidence that follow. May block. A
     * source that fails at a refresh, here or when it collects, is called once more for an enrolment. A source that
     * fails at an enrolment fails the exchange: if its fault may last, it returns `null` the next time, and the service
     * decides.
     *
     * @return `null` if there is nothing to give for this purpose
     */
    public fun prepare(purpose: EvidencePurpose): PreparedEvidence?
}

/** One piece of evidence, complete except for the commitment. */
public interface PreparedEvidence {
    /** The `format` of the evidence item. */
    public val format: String

    /** Members of the item besides its format, committing to `binding` (43 base64url characters). May block. */
    public fun collect(binding: String): Map<String, Any>
}

/** A named question about the environment. Only policy decides whether an answer is acceptable, never the probe. */
public class Probe(
    /** 1 to 64 lower-case letters, digits, `.`, `_` and `-`, starting with a letter or digit. */
    public val name: String,
    /**
     * A boolean, a safe whole number (`Int` or `Long`), or text of at most 256 UTF-16 units (longer text is truncated), when
     * these segments are measured. May block.
     */
    public val ask: (measured: List<Segment>) -> Any,
)
