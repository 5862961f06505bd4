package dev.assay.okhttp

import dev.assay.core.vectors.Family
import dev.assay.core.vectors.runVectors

/** What OkHttp answers of the shared vectors. */
val fetchFamilies: Map<String, Family> = mapOf("protected-fetch" to Family(::protectedFetch))

/** The runner of the Android SDK for all shared vectors. */
fun main(): Unit = runVectors(fetchFamilies)
