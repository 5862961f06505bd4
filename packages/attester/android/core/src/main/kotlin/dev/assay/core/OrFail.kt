package dev.assay.core

import dev.assay.core.measurement.MeasurementException

/**
 * The result of `work`. What it throws becomes the cause of an exception with `code`, or with `PLAN_REFUSED` if
 * measuring refuses a plan, unless it is already one of ours.
 *
 * @throws AssayException
 */
internal inline fun <T> orFail(code: AssayErrorCode, work: () -> T): T {
    try {
        return work()
    } catch (ours: AssayException) {
        throw ours
    } catch (cause: Exception) {
        throw AssayException(codeOf(code, cause), cause)
    } catch (cause: LinkageError) {
        // A class that this device lacks or a shrinker removed: without this, callers would wait forever.
        throw AssayException(code, cause)
    } catch (cause: OutOfMemoryError) {
        throw AssayException(code, cause)
    }
}

@PublishedApi
internal fun codeOf(code: AssayErrorCode, cause: Exception): AssayErrorCode =
    if (cause is MeasurementException && cause.code.name.startsWith("PLAN_")) AssayErrorCode.PLAN_REFUSED else code
