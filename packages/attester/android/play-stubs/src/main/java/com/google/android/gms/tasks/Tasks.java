package com.google.android.gms.tasks;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

public final class Tasks {
    public static <T> T await(Task<T> task, long timeout, TimeUnit unit) throws ExecutionException {
        try {
            return task.getResult();
        } catch (RuntimeException thrown) {
            throw new ExecutionException(thrown);
        }
    }
}
