package dev.assay.play

import android.app.Activity

/** An activity of the framework as it is, whose constructor wants a main thread of Android: nobody calls it here. */
internal fun anActivity(): Activity {
    val unsafe = Class.forName("sun.misc.Unsafe")
    val one = unsafe.getDeclaredField("theUnsafe").apply { isAccessible = true }.get(null)
    return unsafe.getMethod("allocateInstance", Class::class.java).invoke(one, Activity::class.java) as Activity
}
