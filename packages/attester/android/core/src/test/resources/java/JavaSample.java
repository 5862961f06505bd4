import dev.assay.Assay;
import dev.assay.AssayCallback;
import dev.assay.AssayConfig;
import dev.assay.AssayConfigBuilder;
import dev.assay.core.AssayException;
import dev.assay.core.client.AssayToken;
import dev.assay.core.client.WithoutToken;
import dev.assay.core.request.ProofHeaders;
import java.util.concurrent.TimeUnit;

/** The SDK as an app without Kotlin calls it. A test compiles this file and runs `configure`. */
public final class JavaSample {
    public static AssayConfig configure() {
        return new AssayConfigBuilder()
            .endpoint("https://attest.example")
            .audience("https://api.example", "shop")
            .withoutToken(WithoutToken.SEND)
            .requestTimeout(5, TimeUnit.SECONDS)
            .idleAfter(3, TimeUnit.MINUTES)
            .build();
    }

    static ProofHeaders sign(Assay assay) throws AssayException {
        return assay.proofBlocking("GET", "https://api.example/orders");
    }

    static void ask(Assay assay) {
        assay.getToken(new AssayCallback<AssayToken>() {
            @Override
            public void onSuccess(AssayToken token) {}

            @Override
            public void onFailure(Throwable error) {}
        });
    }
}
