package androidx.work;

public final class Data {
  private Data() {}

  public String getString(String key) {
    throw new UnsupportedOperationException("a stub");
  }
}
