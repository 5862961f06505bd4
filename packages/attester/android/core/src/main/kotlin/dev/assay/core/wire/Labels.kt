package dev.assay.core.wire

/** The prefix that each kind of hash, MAC or signature input of this protocol has, and no other. */
public enum class Label(text: String) {
    BINDING("binding"),
    ANDROID_KEY("android-key"),
    CLIENT_DATA("client-data"),
    SEGMENT("seg"),
    IMAGE("image"),
    RESPONSE("resp"),
    TAG("tag"),
    SHAPE("shape"),
    ;

    /** The ASCII text, version 1, followed by one zero byte. */
    public val bytes: ByteArray = utf8("assay/$text/1\u0000")
}

/** What the installation key signs (ES256) over client data. */
public fun clientDataSigningInput(clientData: ByteArray): ByteArray = concat(Label.CLIENT_DATA.bytes, clientData)

/** The binding, 43 characters: the one value that every piece of platform evidence commits to. */
public fun bindingOf(clientData: ByteArray): String = encodeBase64Url(sha256(Label.BINDING.bytes, clientData))

/**
 * What Android attests an installation key over that is created for a challenge: the key must exist before client data
 * can name it, so it commits to the challenge itself. 43 ASCII characters.
 *
 * @param challenge the 48 bytes
 */
public fun androidKeyCommitment(challenge: ByteArray): ByteArray =
    utf8(encodeBase64Url(sha256(Label.ANDROID_KEY.bytes, challenge)))
