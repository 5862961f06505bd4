package com.google.android.gms.tasks;

public abstract class Task<T> {
    public abstract T getResult();
}
