package dev.assay

import java.io.File

/**
 * The script that the app has loaded, as an update over the air delivers it (`expo-updates`, CodePush and the like). It
 * is measured under the name of the one in the package, which it replaces.
 *
 * @property build the id under which the update is registered; by default that of the configuration
 * @property file what was loaded; by default the script in the package
 */
public class LoadedScript(public val build: String? = null, public val file: File? = null)
