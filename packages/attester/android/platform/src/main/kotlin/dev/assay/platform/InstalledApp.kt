package dev.assay.platform

import android.content.Context
import android.os.Build
import dev.assay.core.apk.ApkFile
import dev.assay.core.apk.ApkImage
import dev.assay.core.apk.abiOf
import dev.assay.core.apk.apkFiles
import dev.assay.core.client.CodeImageOpener
import dev.assay.core.measurement.CodeImage
import java.io.File

/**
 * The installed app.
 *
 * @param wantedAbi of the configuration
 * @param script what was loaded in place of its React Native script
 */
internal class InstalledApp(
    private val context: Context,
    private val wantedAbi: String = "auto",
    private val script: File? = null,
) : CodeImageOpener {
    private val info = context.applicationInfo
    private val splits: List<String> = info.splitSourceDirs?.toList().orEmpty()

    val packageName: String get() = context.packageName

    /** `null` if the manifest names none. */
    val versionName: String? get() = context.packageManager.getPackageInfo(packageName, 0).versionName

    /** For an app installed from splits. */
    val abi: String? get() = abiOf(splits, Build.SUPPORTED_ABIS.toList())

    val files: List<ApkFile> get() = apkFiles(info.sourceDir, splits, wantedAbi)

    override fun open(): CodeImage = ApkImage(files, script)

    /** @throws java.io.IOException if there is no such file */
    fun asset(name: String): String = context.assets.open(name).use { it.readBytes().toString(Charsets.UTF_8) }
}
