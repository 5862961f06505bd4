package dev.assay.core.client

import dev.assay.core.AssayErrorCode
import dev.assay.core.AssayException
import dev.assay.core.measurement.MeasurementException

/**
 * Codes of failures that the service has not heard of: they are sent with the next challenge request. The newest four,
 * at most 256 bytes in total.
 */
internal class Failures {
    private val codes = ArrayDeque<String>()

    /** Notes what failed here. A problem came from the service, so the service knows about it. */
    fun note(error: AssayException) {
        if (error.problem == null) add(error.code.text, causeOf(error))
    }

    /** Hardware attests no key, and the vendor reports that by this code. */
    fun noteVendor(code: String) = add(AssayErrorCode.EVIDENCE_FAILED.text, code)

    fun list(): List<String> = codes.toList()

    /** The service has heard of them. */
    fun clear() = codes.clear()

    private fun add(code: String, cause: String?) {
        val told = if (cause == null) code else "$code:$cause"
        val entry = if (told.length <= LONGEST_CODE && told.all(::isCodeCharacter)) told else code
        if (entry in codes) return
        codes.addLast(entry)
        while (codes.size > MOST) codes.removeFirst()
    }

    private fun causeOf(error: AssayException): String? = error.vendorCode ?: (error.cause as? MeasurementException)?.code?.name

    private fun isCodeCharacter(one: Char) =
        one in 'a'..'z' || one in 'A'..'Z' || one in '0'..'9' || one in "_.:-"

    private companion object {
        const val MOST = 4
        const val LONGEST_CODE = 64
    }
}
