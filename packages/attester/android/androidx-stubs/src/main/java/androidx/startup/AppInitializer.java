package androidx.startup;

import android.content.Context;

public final class AppInitializer {
  private AppInitializer() {}

  public static AppInitializer getInstance(Context context) {
    throw new UnsupportedOperationException("a stub");
  }

  public <T> T initializeComponent(Class<? extends Initializer<T>> component) {
    throw new UnsupportedOperationException("a stub");
  }
}
