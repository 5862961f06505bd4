package dev.assay.platform

import android.os.Handler
import android.os.Looper
import java.util.concurrent.Executor

/** The app's main thread, which runs what is posted to it in that order. */
internal object MainThread : Executor {
    override fun execute(command: Runnable) {
        Handler(Looper.getMainLooper()).post(command)
    }
}
