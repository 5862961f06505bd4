package androidx.work;

import android.content.Context;

public abstract class ListenableWorker {
  private final Context context;

  public ListenableWorker(Context context, WorkerParameters parameters) {
    this.context = context;
  }

  public final Context getApplicationContext() {
    return context;
  }

  public final Data getInputData() {
    throw new UnsupportedOperationException("a stub");
  }

  public final int getRunAttemptCount() {
    throw new UnsupportedOperationException("a stub");
  }

  public abstract static class Result {
    Result() {}

    public static Result success() {
      throw new UnsupportedOperationException("a stub");
    }

    public static Result failure() {
      throw new UnsupportedOperationException("a stub");
    }

    public static Result retry() {
      throw new UnsupportedOperationException("a stub");
    }
  }
}
