// NEVER BUILT in this repository: see README.md.
pluginManagement {
    repositories {
        google()
        mavenCentral()
        gradlePluginPortal()
    }
}
dependencyResolutionManagement {
    repositories {
        // Written by `npm run pack:android -- examples/android/maven`.
        maven { url = uri("maven") }
        google()
        mavenCentral()
    }
}
rootProject.name = "shop"
include(":app")
