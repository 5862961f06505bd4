package dev.assay.core.apk

import java.io.File

/**
 * The files of an installed app, as its image uses them.
 *
 * @param base path of the base APK
 * @param splits paths of the others
 * @param abi of the configuration. With `auto`, an app that was installed from one APK is registered as it is. A bundle
 * may also be delivered as one APK, and an APK with splits of resources: then the app names an ABI, or `none`.
 */
public fun apkFiles(base: String, splits: List<String>, abi: String): List<ApkFile> {
    val hasModules = if (abi == "auto") splits.isNotEmpty() else abi != "none"
    val modules = listOf(base to "base") + splits.map { it to moduleOf(File(it).name) }
    return modules.map { (path, module) -> ApkFile(File(path), module.takeIf { hasModules }) }
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
 * The ABI whose native code an installation from splits has, in the form in which builds are registered by it. If no
 * split is for an ABI, each ABI has the same code, and the best one is named. `null` if there are no splits.
 *
 * @param supported ABIs of the device, the best first
 */
public fun abiOf(splits: List<String>, supported: List<String>): String? {
    val names = splits.map { File(it).name.removeSuffix(".apk") }
    val own = supported.firstOrNull { abi -> names.any { it.endsWith("config.${abi.replace('-', '_')}") } }
    return own ?: supported.firstOrNull().takeIf { splits.isNotEmpty() }
}
