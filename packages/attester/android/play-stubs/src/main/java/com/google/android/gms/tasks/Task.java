package com.google.android.gms.tasks;

public abstract class Task<T> {
    public abstract T getResult();

    /** The real one calls on the main thread, once the task has ended; this one has always ended. */
    public Task<T> addOnCompleteListener(OnCompleteListener<T> listener) {
        listener.onComplete(this);
        return this;
    }

    public boolean isSuccessful() {
        return getException() == null;
    }

    public Exception getException() {
        try {
            getResult();
            return null;
        } catch (RuntimeException thrown) {
            return thrown;
        }
    }
}
