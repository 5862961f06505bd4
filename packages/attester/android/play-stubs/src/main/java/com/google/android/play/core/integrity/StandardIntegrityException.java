package com.google.android.play.core.integrity;

public class StandardIntegrityException extends RuntimeException {
    private final int errorCode;

    public StandardIntegrityException(int errorCode) {
        this.errorCode = errorCode;
    }

    public int getErrorCode() {
        return errorCode;
    }
}
