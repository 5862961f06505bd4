package dev.assay.core.client

import java.util.Locale

/** What the user of the app can do about a refusal: a closed list. [RemedyTexts] has a sentence for each. */
public enum class RemedyKind {
    /** Install the newest version of the app. */
    UPDATE_APP,

    /** Install the updates of the operating system. */
    UPDATE_OS,

    /** Update Google Play Store and Google Play services. */
    UPDATE_PLAY,

    /** Follow Google's dialog: `showDialog` of `assay-play-integrity`, with [Remedy.typeCode]. */
    PLAY_DIALOG,

    /** Lock the boot loader, and install the system of the maker. */
    LOCK_BOOT_LOADER,

    /** Remove the app and install it from the store. */
    INSTALL_FROM_STORE,

    /** Load the page again. */
    RELOAD_PAGE,

    /** Ask support, and give it the trace. */
    CONTACT_SUPPORT,

    /** Wait, and try again. */
    TRY_LATER,
    ;

    /** The name that all SDKs use. */
    public val text: String = name.lowercase(Locale.ROOT)
}

/**
 * What the user of the app can do about a refusal, where the operator lets the app say it. It is a hint to people, and proves nothing.
 *
 * @property typeCode of Google's dialog, 1 to 3: only with [RemedyKind.PLAY_DIALOG]
 */
public class Remedy internal constructor(public val kind: RemedyKind, public val typeCode: Int? = null) {
    /** As the service writes it, for what reads the service's answers: a page in a web view. */
    public fun toWire(): Map<String, Any> = mapOf("kind" to kind.text) + (typeCode?.let { mapOf("type_code" to it) } ?: emptyMap())
}
