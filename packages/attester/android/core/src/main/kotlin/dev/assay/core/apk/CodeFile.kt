package dev.assay.core.apk

import dev.assay.core.measurement.CODE_SEGMENT_HEAD
import dev.assay.core.measurement.TakePiece
import java.io.File
import java.io.IOException
import java.io.RandomAccessFile

/** Code outside the package: a script, as an update over the air leaves it, or a library that Android has extracted. */
internal class CodeFile(private val file: File) {
    private val identity = FileIdentity(file)
    val length: Long get() = identity.length

    fun head(): ByteArray = read(0, minOf(CODE_SEGMENT_HEAD.toLong(), length).toInt())

    fun readAll(take: TakePiece) {
        val piece = ByteArray(PIECE)
        reading { opened ->
            var left = length
            while (left > 0) {
                val count = minOf(PIECE.toLong(), left).toInt()
                opened.readFully(piece, 0, count)
                take(piece, 0, count)
                left -= count
            }
        }
    }

    fun read(offset: Long, length: Int): ByteArray = ByteArray(length).also { bytes ->
        reading { opened ->
            opened.seek(offset)
            opened.readFully(bytes)
        }
    }

    private fun reading(work: (RandomAccessFile) -> Unit) {
        RandomAccessFile(file, "r").use(work)
        identity.mustHold()
    }
}

/** Checks that a file is still the original one: an update may replace it at any moment. */
internal class FileIdentity(private val file: File) {
    val length: Long = file.length()
    private val modified = file.lastModified()

    /** Another one once the file is replaced. */
    val text: String get() = "$file $length $modified"

    init {
        if (!file.isFile) throw IOException("there is no such file")
    }

    fun mustHold() {
        if (file.length() != length || file.lastModified() != modified) throw IOException("a file of the app has changed")
    }
}
