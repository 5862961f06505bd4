package dev.assay.core.apk

import java.io.File

/**
 * The files of an installed app, as its image uses them.
 *
 * @param base path of the base APK
 * @param splits paths of the others; none if the app was installed from one APK, which is registered as it is
 */
public fun apkFiles(base: String, splits: List<String>): List<ApkFile> {
    if (splits.isEmpty()) return listOf(ApkFile(File(base)))
    return listOf(ApkFile(File(base), "base")) + splits.map { ApkFile(File(it), moduleOf(File(it).name)) }
}

/**
 * The module that a split belongs to, by the name under which Android installs it: `split_config.arm64_v8a.apk` is of the
 * base, `split_camera.apk` and `split_camera.config.en.apk` are of `camera`.
 */
internal fun moduleOf(fileName: String): String {
    val split = fileName.removePrefix("split_").removeSuffix(".apk")
    return if (split.startsWith("config.")) "base" else split.substringBefore(".config.")
}

/**
 * The ABI whose native code an installation from splits has, in the form in which builds are registered by it; `null`
 * if there is none among them.
 *
 * @param supported ABIs of the device, the best first
 */
public fun abiOf(splits: List<String>, supported: List<String>): String? {
    val names = splits.map { File(it).name.removeSuffix(".apk") }
    return supported.firstOrNull { abi -> names.any { it.endsWith("config.${abi.replace('-', '_')}") } }
}
