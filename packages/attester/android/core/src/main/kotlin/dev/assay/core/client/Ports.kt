package dev.assay.core.client

import dev.assay.core.running.Abort
import dev.assay.core.wire.PublicJwk

/** The installation key: P-256, made on the device and kept as well as the platform allows. */
public interface InstallationKey {
    /** What names the installation to the service. */
    public val publicJwk: PublicJwk

    /**
     * The item of evidence that hardware vouches for this key with, at its creation; `null` later, and where it was not
     * attested.
     */
    public val attestation: Map<String, Any>?

    /**
     * ES256 over `data`: 64 bytes, r then s (IEEE P1363). May block.
     *
     * @throws dev.assay.core.KeyStoreUnavailableException where the key may sign later
     */
    public fun sign(data: ByteArray): ByteArray
}

/** Keeps one installation key over restarts of the app. Its functions may block and are called off the lane. */
public interface KeyStore {
    /**
     * The key that was made last, or `null` where there is none. What throws is a key that cannot be used any more.
     *
     * @throws dev.assay.core.KeyStoreUnavailableException where the key may be usable later
     */
    public fun open(): InstallationKey?

    /**
     * Makes another key, which takes the place of the present one. Where the store can, the latter signs until [keep].
     *
     * @param commitment what hardware is to attest the key over, or `null` for a key that is not attested
     * @throws dev.assay.core.VendorException where the device can make no such key
     */
    public fun create(commitment: ByteArray?): InstallationKey

    /** There are tokens for this key: any other is discarded. */
    public fun keep(key: InstallationKey)

    /** Discards every key. */
    public fun clear()
}

/** The clocks of the device. Neither is trusted: the service's time decides, see [AssayEvent.Token.clockOffset]. */
public interface Clock {
    /**
     * Milliseconds from any start, never set back, counting the time that the device sleeps where that is available.
     */
    public fun monotonic(): Double

    /** Milliseconds since 1970 as the device trusts, right or wrong. */
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
 * @property retryAfter the header of this name, as it came
 */
public class HttpAnswer(public val status: Int, public val body: String, public val retryAfter: String?)

/** Sends requests to the attestation service, follows no redirect, and keeps no cookies and no answers. */
public interface Http {
    /** @throws java.io.IOException where no answer came, or one that leads elsewhere */
    public suspend fun post(url: String, body: String, abort: Abort): HttpAnswer
}

/**
 * What is kept over restarts of the app, shared by its processes: small texts by name. May block, and is called off the
 * lane. A failing store is treated as an empty one.
 */
public interface StateStore {
    /** What was saved last under this name; `null` where there is nothing. */
    public fun load(name: String): String?

    /**
     * Replaces the entry as a whole: a process that is killed leaves the old one or the new one.
     *
     * @param text `null` removes the entry
     */
    public fun save(name: String, text: String?)

    /** Waits until no other process runs work of its own, and keeps others waiting until [release]. */
    public fun acquire()

    /** Ends what [acquire] began. */
    public fun release()
}

/**
 * What platform evidence is for.
 *
 * @property text as it is on the wire
 */
public enum class EvidencePurpose(public val text: String) {
    ENROLMENT("enrolment"),
    REFRESH("refresh"),
}

/** Platform evidence besides the attestation of the installation key, from an adapter over what the platform offers. */
public interface EvidenceSource {
    /**
     * Asked before client data is written, because client data names the kinds of evidence that follow. May block. A
     * source that fails at a refresh, here or when it collects, is asked once more as for an enrolment. One that fails
     * at an enrolment fails the exchange: if its fault can last, it gives `null` at the next, and the service decides.
     *
     * @return `null` where there is nothing to give for this purpose
     */
    public fun prepare(purpose: EvidencePurpose): PreparedEvidence?
}

/** One piece of evidence, of which only the commitment is missing. */
public interface PreparedEvidence {
    /** The `format` of the evidence item. */
    public val format: String

    /** Members of the item besides its format, committing to `binding` (43 base64url characters). May block. */
    public fun collect(binding: String): Map<String, Any>
}

/** A named question about the environment. Whether an answer is good is for policy to say, never for the probe. */
public class Probe(
    /** 1 to 64 lower-case letters, digits, `.`, `_` and `-`, starting with a letter or digit. */
    public val name: String,
    /**
     * A boolean, a safe whole number (`Int` or `Long`), or text of at most 256 UTF-16 units (longer text is cut). May
     * block.
     */
    public val ask: () -> Any,
)
