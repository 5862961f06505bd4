// NEVER BUILT in this repository: see README.md.
plugins {
    id("com.android.application") version "8.13.0"
    id("org.jetbrains.kotlin.android") version "2.2.21" apply false
    id("org.jetbrains.kotlin.plugin.compose") version "2.2.21"
}

// The Android Gradle plugin has Kotlin built in from 9 on, and refuses the plugin beside it.
val agp = com.android.Version.ANDROID_GRADLE_PLUGIN_VERSION.substringBefore('.').toInt()
if (agp < 9 || findProperty("android.builtInKotlin") == "false") apply(plugin = "org.jetbrains.kotlin.android")

android {
    namespace = "com.example.shop"
    compileSdk = 36
    defaultConfig {
        applicationId = "com.example.shop"
        minSdk = 24
        targetSdk = 36
        versionCode = 1
        versionName = "1.0.0"
    }
    buildTypes {
        release { isMinifyEnabled = true }
    }
    buildFeatures { compose = true }
}

dependencies {
    implementation("dev.assay:assay-android:0.1.0")
    implementation("dev.assay:assay-okhttp:0.1.0")
    implementation("com.squareup.okhttp3:okhttp:5.3.2")
    // For the recipes of the guides: AssayCredentials, AssayInitializer, UploadWorker.
    implementation("io.grpc:grpc-okhttp:1.76.0")
    implementation("androidx.startup:startup-runtime:1.2.0")
    implementation("androidx.work:work-runtime:2.10.5")
    implementation("org.jetbrains.kotlinx:kotlinx-coroutines-android:1.10.2")
    implementation("androidx.activity:activity-compose:1.11.0")
    implementation(platform("androidx.compose:compose-bom:2025.10.01"))
    implementation("androidx.compose.material3:material3")
}
