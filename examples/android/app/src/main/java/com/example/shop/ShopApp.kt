package com.example.shop

import android.app.Application
import dev.assay.Assay
import dev.assay.start

/** Starts attestation once for the process, from `assets/assay.json`. */
class ShopApp : Application() {
    lateinit var assay: Assay
        private set

    override fun onCreate() {
        super.onCreate()
        assay = Assay.start(this)
        assay.prefetch()
    }
}
