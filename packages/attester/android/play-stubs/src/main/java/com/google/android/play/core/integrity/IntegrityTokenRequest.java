package com.google.android.play.core.integrity;

public class IntegrityTokenRequest {
    private final String nonce;
    private final Long cloudProjectNumber;

    private IntegrityTokenRequest(String nonce, Long cloudProjectNumber) {
        this.nonce = nonce;
        this.cloudProjectNumber = cloudProjectNumber;
    }

    public String nonce() {
        return nonce;
    }

    public Long cloudProjectNumber() {
        return cloudProjectNumber;
    }

    public static Builder builder() {
        return new Builder();
    }

    public static class Builder {
        private String nonce;
        private Long cloudProjectNumber;

        public Builder setNonce(String nonce) {
            this.nonce = nonce;
            return this;
        }

        public Builder setCloudProjectNumber(long number) {
            this.cloudProjectNumber = number;
            return this;
        }

        public IntegrityTokenRequest build() {
            return new IntegrityTokenRequest(nonce, cloudProjectNumber);
        }
    }
}
