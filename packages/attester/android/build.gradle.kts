// How an app or a library that is built with Gradle takes the SDK from the folder that `npm run pack:android` writes.
// NEVER BUILT in this repository: its build cannot reach Google's Maven repository, which has the Android Gradle
// plugin. The SDK itself is built with Maven (`pom.xml`).

plugins {
    id("com.android.application")
    id("org.jetbrains.kotlin.android") apply false
}

// The Android Gradle plugin has Kotlin built in from 9 on, and refuses the plugin beside it.
val agp = com.android.Version.ANDROID_GRADLE_PLUGIN_VERSION.substringBefore('.').toInt()
if (agp < 9 || findProperty("android.builtInKotlin") == "false") apply(plugin = "org.jetbrains.kotlin.android")

repositories {
    maven { url = uri("path/to/the/folder") }
    google()
    mavenCentral()
}

android {
    defaultConfig {
        minSdk = 24
    }
}

dependencies {
    implementation("dev.assay:assay-android:0.1.0")
    // As wanted:
    implementation("dev.assay:assay-okhttp:0.1.0")
    implementation("dev.assay:assay-ktor:0.1.0")
    // Is used only if passed: Assay.start(context, config, evidence = listOf(PlayIntegrity(context)))
    implementation("dev.assay:assay-play-integrity:0.1.0")
}
