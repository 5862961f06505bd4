package com.google.android.play.core.integrity;

import android.content.Context;

/** The real one speaks to Google Play; here a test says what it gives. */
public class IntegrityManagerFactory {
    public static IntegrityManager forTests;

    public static IntegrityManager create(Context context) {
        return forTests;
    }
}
