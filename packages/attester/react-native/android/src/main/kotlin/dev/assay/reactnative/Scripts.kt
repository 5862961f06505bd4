package dev.assay.reactnative

import java.io.File
import java.net.URI

/**
 * The script that React Native has loaded, if it is a file outside the package: `null` for the one in the package
 * (`assets://…`), and for one from a development server.
 *
 * @param source `ReactContext.getSourceURL()`, as the starter of the JavaScript recorded it
 */
internal fun scriptOf(source: String?): File? = when {
    source == null -> null
    source.startsWith("/") -> File(source)
    source.startsWith("file:") -> URI(source).path?.let(::File)
    else -> null
}
