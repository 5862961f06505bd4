package dev.assay.platform

import android.content.Context
import android.content.pm.ApplicationInfo
import android.os.Handler
import android.os.Looper
import java.util.concurrent.Executor

/** The app's main thread, which runs what is posted to it in that order. */
internal object MainThread : Executor {
    override fun execute(command: Runnable) {
        Handler(Looper.getMainLooper()).post(command)
    }
}

/** In a debuggable build, where the developer sees it: waiting on the main thread freezes the app for as long as an exchange takes. */
internal fun checkMayWait(context: Context) {
    val isDebuggable = context.applicationInfo.flags and ApplicationInfo.FLAG_DEBUGGABLE != 0
    check(!isDebuggable || Looper.myLooper() != Looper.getMainLooper()) { "blocks the main thread: call it from another one, or use a callback" }
}
