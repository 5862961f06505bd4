package dev.assay.core.fake

import dev.assay.core.measurement.Segment
import dev.assay.core.probes.NativeText
import dev.assay.core.probes.ProcessState
import dev.assay.core.probes.Surroundings
import dev.assay.core.probes.androidProbes

/** A phone whose files are made up. */
internal class FakeSurroundings(
    private val files: Map<String, String>,
    private val apk: String = "$APP_FOLDER/base.apk",
    private val libraries: String = "",
) : Surroundings {
    override fun read(path: String) = files[path]

    override fun exists(path: String) = path in files

    override fun hasClass(name: String) = false

    override fun build() = emptyMap<String, String>()

    override fun states() = emptySet<ProcessState>()

    override fun packageName() = "com.example.shop"

    override fun dataFolder() = "/data/user/0/com.example.shop"

    override fun apk() = apk

    override fun libraryFolder() = libraries

    override fun userId() = 0

    /** What one probe answers here. */
    fun answer(probe: String, measured: List<Segment> = emptyList()): Any =
        androidProbes(this, NativeText()).first { it.name == probe }.ask(measured)

    companion object {
        const val APP_FOLDER = "/data/app/~~Vg7==/com.example.shop-Qm2=="

        /** A phone that has mapped one file. */
        fun mapping(path: String, rights: String = "r-xp", apk: String = "$APP_FOLDER/base.apk", libraries: String = "") =
            FakeSurroundings(mapOf("/proc/self/maps" to "7f0000000000-7f0000100000 $rights 00000000 fd:05 1721    $path\n"), apk, libraries)
    }
}
