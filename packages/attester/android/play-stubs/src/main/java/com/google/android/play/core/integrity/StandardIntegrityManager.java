package com.google.android.play.core.integrity;

import android.app.Activity;
import com.google.android.gms.tasks.Task;

public interface StandardIntegrityManager {
    Task<StandardIntegrityTokenProvider> prepareIntegrityToken(PrepareIntegrityTokenRequest request);

    interface StandardIntegrityTokenProvider {
        Task<StandardIntegrityToken> request(StandardIntegrityTokenRequest request);
    }

    abstract class StandardIntegrityToken {
        public abstract String token();

        public abstract Task<Integer> showDialog(Activity activity, int integrityDialogTypeCode);
    }

    class PrepareIntegrityTokenRequest {
        private final long cloudProjectNumber;

        private PrepareIntegrityTokenRequest(long cloudProjectNumber) {
            this.cloudProjectNumber = cloudProjectNumber;
        }

        public long cloudProjectNumberForTests() {
            return cloudProjectNumber;
        }

        public static Builder builder() {
            return new Builder();
        }

        public static class Builder {
            private long cloudProjectNumber;

            public Builder setCloudProjectNumber(long number) {
                this.cloudProjectNumber = number;
                return this;
            }

            public PrepareIntegrityTokenRequest build() {
                return new PrepareIntegrityTokenRequest(cloudProjectNumber);
            }
        }
    }

    class StandardIntegrityTokenRequest {
        private final String requestHash;

        private StandardIntegrityTokenRequest(String requestHash) {
            this.requestHash = requestHash;
        }

        public String requestHashForTests() {
            return requestHash;
        }

        public static Builder builder() {
            return new Builder();
        }

        public static class Builder {
            private String requestHash;

            public Builder setRequestHash(String requestHash) {
                this.requestHash = requestHash;
                return this;
            }

            public StandardIntegrityTokenRequest build() {
                return new StandardIntegrityTokenRequest(requestHash);
            }
        }
    }
}
