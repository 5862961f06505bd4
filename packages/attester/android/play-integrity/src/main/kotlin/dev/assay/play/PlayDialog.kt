package dev.assay.play

/**
 * How a dialog of Google Play ended.
 *
 * @property code Google's own, of `IntegrityDialogResponseCode`
 */
public enum class PlayDialog(public val code: Int) {
    /** No dialog was shown: Google Play has none of this type here, or there is no verdict of this process that it could be about. */
    UNAVAILABLE(0),

    /** Google Play could not show it. */
    FAILED(1),

    /** The user closed it. */
    CANCELLED(2),

    /** The user did what it asks for. The next enrolment has a verdict of afterwards. */
    SUCCESSFUL(3),
}

/**
 * How verdicts are asked for. The service's settings of `play_integrity` name the same as `request`.
 */
public enum class PlayRequest {
    /** One request to Google's servers for each verdict. */
    CLASSIC,

    /** By a provider, which is warmed up before the first verdict, and again after a dialog. Needs the number of the Google Cloud project. */
    STANDARD,
}
