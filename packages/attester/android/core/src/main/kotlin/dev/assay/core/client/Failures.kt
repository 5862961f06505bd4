package dev.assay.core.client

import dev.assay.core.AssayErrorCode
import dev.assay.core.AssayException
import dev.assay.core.measurement.MeasurementException

/**
 * Codes of what was given up before the service heard of it: it goes along with the next challenge request. At most four,
 * 256 bytes together; the newest stay.
 */
internal class Failures {
    private val codes = ArrayDeque<String>()

    /** Notes what was given up here. What the service refused it knows, and what did not reach it says nothing of the app. */
    fun note(error: AssayException) {
        when (error.code) {
            AssayErrorCode.PLAN_REFUSED,
            AssayErrorCode.MEASUREMENT_FAILED,
            AssayErrorCode.KEY_STORE_FAILED,
            AssayErrorCode.EVIDENCE_FAILED,
            -> if (error.problem == null) add(error.code.text, causeOf(error))
            else -> Unit
        }
    }

    /** The first that are told of a vendor's code. */
    fun noteVendor(code: String) = add(AssayErrorCode.EVIDENCE_FAILED.text, code)

    fun list(): List<String> = codes.toList()

    /** The service has heard of them. */
    fun clear() = codes.clear()

    private fun add(code: String, cause: String?) {
        val text = listOfNotNull(code, cause).joinToString(":").filter(::isCodeCharacter).take(LONGEST_CODE)
        codes.remove(text)
        codes.addLast(text)
        while (codes.size > MOST || codes.sumOf(String::length) > LONGEST_TOGETHER) codes.removeFirst()
    }

    private fun causeOf(error: AssayException): String? = error.vendorCode ?: (error.cause as? MeasurementException)?.code?.name

    private fun isCodeCharacter(one: Char) =
        one in 'a'..'z' || one in 'A'..'Z' || one in '0'..'9' || one in "_.:-"

    private companion object {
        const val MOST = 4
        const val LONGEST_CODE = 64
        const val LONGEST_TOGETHER = 256
    }
}
