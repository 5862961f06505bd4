package dev.assay.core.apk

import dev.assay.core.measurement.CODE_SEGMENT_HEAD
import dev.assay.core.measurement.CodeImage
import dev.assay.core.measurement.Segment
import dev.assay.core.measurement.TakePiece
import dev.assay.core.measurement.codeSegmentKind
import java.io.File
import java.io.IOException
import java.io.InputStream
import java.util.Arrays
import java.util.zip.ZipEntry
import java.util.zip.ZipFile

/**
 * The code image of an installed app: the contents of its APK files that are executed. For a build registered by ABI,
 * the files are those of its splits, and each name begins with the module; otherwise there is one file.
 *
 * Compressed entries cannot be read from the middle. While they are read as a whole, which is always from the package,
 * up to 16 MB of them are kept in memory; of an app that has more, all go to the cache. What has no place there is inflated
 * again for each read. A library that Android has extracted is read from its file, if that holds the same bytes.
 *
 * @param script measured in place of React Native's script in the base APK, or in addition if the APK has none
 * @param cache for the code of large apps; without one, they are inflated again
 * @param libraries folder of the libraries that Android has extracted, if it does so for this app
 * @throws IOException if a file cannot be read, or has changed while it was open
 */
public class ApkImage(
    files: List<ApkFile>,
    script: File? = null,
    private val cache: CodeCache? = null,
    private val libraries: File? = null,
) : CodeImage, AutoCloseable {
    private val opened = ArrayList<OpenApk>()
    private val places = HashMap<String, Place>()
    private val inflated = InflatedEntries()
    private val scriptName = listOfNotNull(files.firstOrNull()?.module, REACT_NATIVE_SCRIPT).joinToString("/")
    private val loaded = script?.let(::CodeFile)
    private val identity: String
    /** Bytes of the code that is compressed, inflated. */
    private val compressed: Long
    private val isLarge: Boolean
    override val segments: List<Segment>

    /** @property library its file, unless that is known to hold other bytes */
    private class Place(val apk: OpenApk, val entry: ZipEntry, var library: CodeFile?) {
        val isDeflated get() = entry.method == ZipEntry.DEFLATED

        /** Whether [library] has been compared. */
        var isExtracted = false
    }

    init {
        val found = ArrayList<Segment>()
        try {
            for (file in files) {
                val apk = OpenApk(file).also(opened::add)
                for (entry in apk.zip.entries()) {
                    val kind = codeSegmentKind(entry.name) { apk.head(entry) } ?: continue
                    val name = if (file.module == null) entry.name else "${file.module}/${entry.name}"
                    if (loaded != null && name == scriptName) continue
                    places[name] = Place(apk, entry, extracted(entry))
                    found.add(Segment(name, kind, entry.size))
                }
            }
            loaded?.let { found.add(Segment(scriptName, kindOf(it), it.length)) }
        } catch (failed: Throwable) {
            close()
            throw failed
        }
        segments = found
        identity = opened.joinToString("\n") { it.identity.text }
        compressed = places.values.sumOf { if (it.isDeflated && it.library == null) it.entry.size else 0 }
        isLarge = !inflated.hasRoomFor(compressed)
    }

    override val cacheFault: String? get() = if (isLarge) cache?.fault else null

    private fun kindOf(script: CodeFile) = checkNotNull(codeSegmentKind(REACT_NATIVE_SCRIPT) { script.head() })

    private fun extracted(entry: ZipEntry): CodeFile? {
        if (libraries == null || entry.method != ZipEntry.DEFLATED || !entry.name.startsWith("lib/")) return null
        val file = File(libraries, entry.name.substringAfterLast('/'))
        return if (file.isFile && file.length() == entry.size) CodeFile(file) else null
    }

    override fun readAll(name: String, take: TakePiece) {
        if (loaded != null && name == scriptName) return loaded.readAll(take)
        val place = placeOf(name)
        val library = place.library
        when {
            !place.isDeflated || place.isExtracted -> pass(place, take)
            library != null -> compare(library, place, take)
            isLarge && cache != null -> write(cache, name, take)
            inflated.hasRoomFor(place.entry.size) -> keep(name, take)
            else -> pass(place, take)
        }
    }

    private fun pass(place: Place, take: TakePiece) = place.apk.reading(place.entry) { stream ->
        val piece = ByteArray(PIECE)
        while (true) {
            val count = stream.read(piece)
            if (count < 0) break
            take(piece, 0, count)
        }
    }

    /** A library that was changed outside the package must not answer for the package. */
    private fun compare(library: CodeFile, place: Place, take: TakePiece) {
        var at = 0L
        var isSame = true
        pass(place) { bytes, offset, length ->
            take(bytes, offset, length)
            isSame = isSame && Arrays.equals(library.read(at, length), bytes.copyOfRange(offset, offset + length))
            at += length
        }
        place.isExtracted = isSame
        if (!isSame) place.library = null
    }

    private fun write(cache: CodeCache, name: String, take: TakePiece) {
        val place = placeOf(name)
        val writer = cache.begin(identity, name, place.entry.size, compressed) ?: return pass(place, take)
        pass(place) { bytes, offset, length ->
            take(bytes, offset, length)
            writer.write(bytes, offset, length)
        }
        writer.end()
    }

    /** Inflates directly into the kept buffer, so that nothing is copied. */
    private fun keep(name: String, take: TakePiece) {
        val (apk, entry) = placeOf(name)
        val kept = ByteArray(entry.size.toInt())
        apk.reading(entry) { stream ->
            var at = 0
            while (at < kept.size) {
                val count = stream.read(kept, at, minOf(PIECE, kept.size - at))
                if (count < 0) throw IOException("an entry is shorter than it says")
                take(kept, at, count)
                at += count
            }
        }
        inflated.keep(name, kept)
    }

    override fun read(name: String, offset: Long, length: Int): ByteArray {
        if (loaded != null && name == scriptName) return loaded.read(offset, length)
        val place = placeOf(name)
        if (place.isExtracted) place.library?.let { return it.read(offset, length) }
        if (isLarge) cache?.read(identity, name, offset, length)?.let { return it }
        return inflate(name, offset, length)
    }

    private fun inflate(name: String, offset: Long, length: Int): ByteArray {
        val (apk, entry) = placeOf(name)
        inflated[name]?.let { return it.copyOfRange(offset.toInt(), offset.toInt() + length) }
        if (entry.method == ZipEntry.DEFLATED && inflated.keepsAtAll(entry.size)) {
            val bytes = apk.reading(entry) { it.exactly(entry.size.toInt()) }
            inflated.keep(name, bytes)
            return bytes.copyOfRange(offset.toInt(), offset.toInt() + length)
        }
        return apk.reading(entry) { stream ->
            stream.pass(offset)
            stream.exactly(length)
        }
    }

    /** Closes the files. The image cannot be read any more. */
    override fun close() {
        for (apk in opened) apk.zip.close()
    }

    private fun placeOf(name: String): Place = places.getValue(name)

    private operator fun Place.component1() = apk

    private operator fun Place.component2() = entry

    private companion object {
        /** The name that React Native's Android build uses. */
        const val REACT_NATIVE_SCRIPT = "assets/index.android.bundle"
    }
}

/** Bytes that are read at once. */
internal const val PIECE: Int = 1 shl 16

/** An APK file of the app. `module`: the prefix of its segment names, if the build is registered by ABI. */
public class ApkFile(public val file: File, public val module: String? = null)

/** Checks that a file is still the one that was opened: an update of the app may replace it at any moment. */
private class OpenApk(private val source: ApkFile) {
    val identity = FileIdentity(source.file)
    val zip = ZipFile(source.file)

    fun <T> reading(entry: ZipEntry, work: (InputStream) -> T): T {
        val result = (zip.getInputStream(entry) ?: throw IOException("an entry has gone")).use(work)
        identity.mustHold()
        return result
    }

    fun head(entry: ZipEntry): ByteArray = reading(entry) { it.exactly(minOf(CODE_SEGMENT_HEAD.toLong(), entry.size).toInt()) }
}

private fun InputStream.exactly(length: Int): ByteArray {
    val bytes = ByteArray(length)
    var at = 0
    while (at < length) {
        val count = read(bytes, at, length - at)
        if (count < 0) throw IOException("an entry is shorter than it says")
        at += count
    }
    return bytes
}

/** `skip` may skip less than requested. */
private fun InputStream.pass(count: Long) {
    var left = count
    while (left > 0) {
        val passed = skip(left)
        left -= if (passed > 0) passed else if (read() < 0) throw IOException("an entry is shorter than it says") else 1
    }
}
