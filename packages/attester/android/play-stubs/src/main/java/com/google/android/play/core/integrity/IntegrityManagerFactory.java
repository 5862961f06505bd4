package com.google.android.play.core.integrity;

import android.content.Context;

/**
 * The real one connects to Google Play; this one gives what a test has set. It names Android's {@code Context} because Google's signature does: stubs only let
 * {@code play-integrity} compile, and are never published.
 */
public class IntegrityManagerFactory {
    public static IntegrityManager forTests;
    public static StandardIntegrityManager standardForTests;
    public static Context contextForTests;

    public static IntegrityManager create(Context context) {
        contextForTests = context;
        return forTests;
    }

    public static StandardIntegrityManager createStandard(Context context) {
        contextForTests = context;
        return standardForTests;
    }
}
