package dev.assay.reactnative

import java.io.File
import java.net.URI

/**
 * The script that React Native has loaded, where that is a file outside the package: `null` for the one in the package
 * (`assets://…`), and for what a development server gave.
 *
 * @param source `ReactContext.getSourceURL()`, as whatever started the JavaScript wrote it down
 */
internal fun scriptOf(source: String?): File? = when {
    source == null -> null
    source.startsWith("/") -> File(source)
    source.startsWith("file:") -> URI(source).path?.let(::File)
    else -> null
}
