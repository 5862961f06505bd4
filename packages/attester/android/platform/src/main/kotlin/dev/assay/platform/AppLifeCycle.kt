package dev.assay.platform

import android.app.Activity
import android.app.Application
import android.content.Context
import android.net.ConnectivityManager
import android.net.Network
import android.os.Bundle

/**
 * Wakes the client when an activity of the app comes to the foreground and when the network is back; the latter only if
 * the app has the permission `ACCESS_NETWORK_STATE`.
 */
internal class AppLifeCycle(context: Context, private val wake: () -> Unit) : Application.ActivityLifecycleCallbacks {
    private val application = context.applicationContext as? Application
    private val connectivity = context.getSystemService(Context.CONNECTIVITY_SERVICE) as? ConnectivityManager
    private val network = object : ConnectivityManager.NetworkCallback() {
        override fun onAvailable(network: Network) = wake()
    }

    fun begin() {
        application?.registerActivityLifecycleCallbacks(this)
        runCatching { connectivity?.registerDefaultNetworkCallback(network) }
    }

    fun end() {
        application?.unregisterActivityLifecycleCallbacks(this)
        runCatching { connectivity?.unregisterNetworkCallback(network) }
    }

    override fun onActivityStarted(activity: Activity): Unit = wake()

    override fun onActivityCreated(activity: Activity, savedInstanceState: Bundle?): Unit = Unit

    override fun onActivityResumed(activity: Activity): Unit = Unit

    override fun onActivityPaused(activity: Activity): Unit = Unit

    override fun onActivityStopped(activity: Activity): Unit = Unit

    override fun onActivitySaveInstanceState(activity: Activity, outState: Bundle): Unit = Unit

    override fun onActivityDestroyed(activity: Activity): Unit = Unit
}
