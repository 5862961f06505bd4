package dev.assay.platform

import android.content.Context
import android.content.pm.ApplicationInfo
import android.os.Build
import dev.assay.core.apk.ApkFile
import dev.assay.core.apk.ApkImage
import dev.assay.core.apk.CodeCache
import dev.assay.core.apk.abiOf
import dev.assay.core.apk.apkFiles
import dev.assay.core.client.CodeImageOpener
import dev.assay.core.measurement.CodeImage
import java.io.File
import java.util.concurrent.ConcurrentHashMap

/**
 * The installed app, where it is now: when Android installs a feature module into the running app, it moves all files
 * to another folder, and gives the context another `ApplicationInfo`.
 *
 * @param wantedAbi of the configuration
 * @param script what was loaded in place of its React Native script
 */
internal class InstalledApp(
    private val context: Context,
    private val wantedAbi: String = "auto",
    private val script: File? = null,
) : CodeImageOpener {
    val packageName: String get() = context.packageName

    /** `null` if the manifest names none. */
    val versionName: String? get() = context.packageManager.getPackageInfo(packageName, 0).versionName

    /** For an app installed from splits. */
    val abi: String? get() = abiOf(splitsOf(context.applicationInfo), Build.SUPPORTED_ABIS.toList())

    val files: List<ApkFile> get() = context.applicationInfo.let { apkFiles(it.sourceDir, splitsOf(it), wantedAbi) }

    override fun open(): CodeImage = ApkImage(files, script, cacheIn(context.codeCacheDir), context.applicationInfo.nativeLibraryDir?.let(::File))

    /** @throws java.io.IOException if there is no such file */
    fun asset(name: String): String = context.assets.open(name).use { it.readBytes().toString(Charsets.UTF_8) }

    private fun splitsOf(info: ApplicationInfo): List<String> = info.splitSourceDirs?.toList().orEmpty()

    private companion object {
        /** Of this process: clients that follow each other, as in React Native, write their app once. */
        val caches = ConcurrentHashMap<File, CodeCache>()

        fun cacheIn(folder: File) = caches.getOrPut(folder) { CodeCache(folder) }
    }
}
