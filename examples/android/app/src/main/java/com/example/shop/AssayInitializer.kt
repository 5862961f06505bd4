package com.example.shop

import android.content.Context
import androidx.startup.Initializer
import dev.assay.Assay
import dev.assay.start

/** With AndroidX Startup, in place of a class `Application`. */
class AssayInitializer : Initializer<Assay> {
    override fun create(context: Context): Assay = Assay.start(context).also(Assay::prefetch)

    override fun dependencies(): List<Class<out Initializer<*>>> = emptyList()
}
