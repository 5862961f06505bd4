package com.google.android.play.core.integrity;

public class IntegrityServiceException extends RuntimeException {
    private final int errorCode;

    public IntegrityServiceException(int errorCode) {
        this.errorCode = errorCode;
    }

    public int getErrorCode() {
        return errorCode;
    }
}
