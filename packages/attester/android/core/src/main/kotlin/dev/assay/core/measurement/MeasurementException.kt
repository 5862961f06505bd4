package dev.assay.core.measurement

/** Why a plan or an image is refused. `docs/errors.md` says what to do about each. */
public enum class MeasurementCode {
    PLAN_MALFORMED,
    PLAN_VERSION,
    PLAN_TOO_LARGE,
    PLAN_BUDGET,
    PLAN_BUILD,
    PLAN_EPOCH,
    PLAN_SEGMENT,
    PLAN_PROBE,
    PLAN_FUNCTION,
    IMAGE_EMPTY,
    IMAGE_SEGMENTS,
}

/** Bad input to measuring. Its message is its code and contains no value of the input. */
public class MeasurementException(public val code: MeasurementCode) : Exception(code.name)

internal fun must(holds: Boolean, code: MeasurementCode) {
    if (!holds) throw MeasurementException(code)
}
