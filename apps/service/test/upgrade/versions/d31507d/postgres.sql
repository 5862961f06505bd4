CREATE TABLE public.anchor_bans (
    app text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL COLLATE pg_catalog."C",
    anchor text NOT NULL COLLATE pg_catalog."C",
    created_at bigint NOT NULL
);
CREATE TABLE public.anchor_enrolments (
    app text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL COLLATE pg_catalog."C",
    anchor text NOT NULL COLLATE pg_catalog."C",
    day bigint NOT NULL,
    thumbprint text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE public.api_apps (
    audience text NOT NULL COLLATE pg_catalog."C",
    app text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE public.api_key_apps (
    key text NOT NULL COLLATE pg_catalog."C",
    app text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE public.api_keys (
    id text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    scope text NOT NULL COLLATE pg_catalog."C",
    prefix text NOT NULL COLLATE pg_catalog."C",
    hash text NOT NULL COLLATE pg_catalog."C",
    created_at bigint NOT NULL
);
CREATE TABLE public.apis (
    audience text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    tiers text NOT NULL COLLATE pg_catalog."C",
    mode text NOT NULL COLLATE pg_catalog."C",
    enforcement text NOT NULL COLLATE pg_catalog."C",
    token_lifetime bigint NOT NULL,
    origins text NOT NULL COLLATE pg_catalog."C",
    created_at bigint NOT NULL,
    policy text COLLATE pg_catalog."C"
);
CREATE TABLE public.app_signers (
    app text NOT NULL COLLATE pg_catalog."C",
    sha256 text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE public.apps (
    id text NOT NULL COLLATE pg_catalog."C",
    platform text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    package text NOT NULL COLLATE pg_catalog."C",
    min_version_code bigint NOT NULL,
    created_at bigint NOT NULL,
    probes text DEFAULT '["js.automation","js.crypto","js.debugger","js.replaced"]'::text NOT NULL COLLATE pg_catalog."C",
    evidence text DEFAULT '{}'::text NOT NULL COLLATE pg_catalog."C",
    policy text COLLATE pg_catalog."C"
);
CREATE TABLE public.attestation_traces (
    trace text NOT NULL COLLATE pg_catalog."C",
    happened_at bigint NOT NULL,
    app text NOT NULL COLLATE pg_catalog."C",
    build text NOT NULL COLLATE pg_catalog."C",
    outcome text NOT NULL COLLATE pg_catalog."C",
    code text NOT NULL COLLATE pg_catalog."C",
    segments text NOT NULL COLLATE pg_catalog."C",
    ear text COLLATE pg_catalog."C"
);
CREATE TABLE public.build_segments (
    app text NOT NULL COLLATE pg_catalog."C",
    build text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL COLLATE pg_catalog."C",
    length bigint NOT NULL,
    sha256 text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE public.builds (
    app text NOT NULL COLLATE pg_catalog."C",
    id text NOT NULL COLLATE pg_catalog."C",
    format text NOT NULL COLLATE pg_catalog."C",
    package text NOT NULL COLLATE pg_catalog."C",
    version_name text COLLATE pg_catalog."C",
    version_code bigint NOT NULL,
    min_sdk bigint,
    target_sdk bigint,
    debuggable bigint NOT NULL,
    signers text NOT NULL COLLATE pg_catalog."C",
    schemes text NOT NULL COLLATE pg_catalog."C",
    framework text NOT NULL COLLATE pg_catalog."C",
    coverage text NOT NULL COLLATE pg_catalog."C",
    image_digest text NOT NULL COLLATE pg_catalog."C",
    warnings text NOT NULL COLLATE pg_catalog."C",
    state text NOT NULL COLLATE pg_catalog."C",
    created_at bigint NOT NULL,
    last_seen_at bigint,
    sdk text COLLATE pg_catalog."C",
    sdk_manifest text COLLATE pg_catalog."C"
);
CREATE TABLE public.installations (
    app text NOT NULL COLLATE pg_catalog."C",
    thumbprint text NOT NULL COLLATE pg_catalog."C",
    version_code bigint NOT NULL,
    holder_key text NOT NULL COLLATE pg_catalog."C",
    anchor_kind text COLLATE pg_catalog."C",
    anchor text COLLATE pg_catalog."C",
    evidence text NOT NULL COLLATE pg_catalog."C",
    assertion_key text COLLATE pg_catalog."C",
    assertion_counter bigint NOT NULL,
    receipt bytea,
    binding text NOT NULL COLLATE pg_catalog."C",
    created_at bigint NOT NULL,
    seen_at bigint NOT NULL
);
CREATE TABLE public.policies (
    id text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    document text NOT NULL COLLATE pg_catalog."C",
    created_at bigint NOT NULL
);
CREATE TABLE public.schema_steps (
    number bigint NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE public.secrets (
    name text NOT NULL COLLATE pg_catalog."C",
    sealed bytea NOT NULL
);
CREATE TABLE public.signing_keys (
    kid text NOT NULL COLLATE pg_catalog."C",
    number bigint NOT NULL,
    alg text NOT NULL COLLATE pg_catalog."C",
    sealed bytea NOT NULL,
    created_at bigint NOT NULL,
    activate_at bigint NOT NULL,
    retire_at bigint
);
CREATE TABLE public.vendor_calls (
    app text NOT NULL COLLATE pg_catalog."C",
    vendor text NOT NULL COLLATE pg_catalog."C",
    day bigint NOT NULL,
    calls bigint NOT NULL
);
INSERT INTO public.anchor_bans VALUES ('io.appium.settings', 'android-device', '491de295aec58c85a919a3a6c14f8279feda76c79660e428611d847f7eab04d2', 1795770303288);
INSERT INTO public.anchor_enrolments VALUES ('io.appium.settings', 'android-device', '2984550b31b346790c2b2939bfd07eba4bfa26fbfaae0a038be0669f65c79d58', 20784, 'HbQiRp2QEXtppPYKJC9vRos8ewIbFfIb7FWR0Jb0knQ');
INSERT INTO public.anchor_enrolments VALUES ('io.appium.settings', 'android-device', '728ff8b3de764022b5c0e5ac44773e22d3717a8b49637df207f54966fed7a21f', 20784, 'y4iw4_QfyQnnO8A9PJNgQHl0zQmdCGtrMfNkOYPralA');
INSERT INTO public.anchor_enrolments VALUES ('com.example.ios', 'app-attest-key', '8QzFEGnZKAFWPZa80dcy2GTiRyQS-wAGpErU4L3aQHQ', 20784, 'O-SCk8l3aSOVvV3pE5o3qs69UR0wJI960CRtLhzEezU');
INSERT INTO public.anchor_enrolments VALUES ('io.appium.settings', 'android-device', '491de295aec58c85a919a3a6c14f8279feda76c79660e428611d847f7eab04d2', 20784, 'zQD_5pUuHRobqlNvLhALHHjDI1E6om0A95MI_4qtWn8');
INSERT INTO public.api_apps VALUES ('https://orders.example', 'io.appium.settings');
INSERT INTO public.api_apps VALUES ('https://orders.example/ios', 'com.example.ios');
INSERT INTO public.api_apps VALUES ('https://orders.example/web', 'com.example.web');
INSERT INTO public.api_key_apps VALUES ('Q3dHy1eftiWOWxW4', 'io.appium.settings');
INSERT INTO public.api_keys VALUES ('MoJpvQMUh6-eB1ig', 'first admin key', 'admin', 'assay_2lmH', '26260858b98ef482bd9a012c891d820dd7d07e95b6e6caffb9990b4ccab0d2e6', 1795770302272);
INSERT INTO public.api_keys VALUES ('Q3dHy1eftiWOWxW4', 'pipeline', 'registration', 'assay_1JgP', '1e97abeff7cc829424b6b12d5f5f448e8377ae4c87044c0d0e003538cd68160d', 1795770302513);
INSERT INTO public.apis VALUES ('https://orders.example', 'https://orders.example', '["affirming"]', 'bound', 'enforce', 300, '[]', 1795770302491, NULL);
INSERT INTO public.apis VALUES ('https://orders.example/ios', 'https://orders.example/ios', '["affirming","warning"]', 'bound', 'enforce', 300, '[]', 1795770302496, NULL);
INSERT INTO public.apis VALUES ('https://orders.example/web', 'https://orders.example/web', '["affirming","warning"]', 'bound', 'enforce', 300, '[]', 1795770302504, 'software-only');
INSERT INTO public.app_signers VALUES ('io.appium.settings', '7aed065950477b08aafe07daeef8159eaffe2fd8cf4af04411fe86ff2cdd4a05');
INSERT INTO public.app_signers VALUES ('io.appium.settings', 'f0d0ee72f7290912f243fbac8f889718e71d55933ecb1e232069954c8fba0043');
INSERT INTO public.app_signers VALUES ('io.appium.settings', 'ddd005ea4f4823234b575f543fd711f53f2ce435e13c8c8a5b961132e0403481');
INSERT INTO public.apps VALUES ('com.example.web', 'web', 'On the web', 'com.example.web', 0, 1795770302484, '["js.automation","js.crypto","js.debugger","js.replaced"]', '{}', NULL);
INSERT INTO public.apps VALUES ('com.example.ios', 'ios', 'For iPhones', 'com.example.ios', 0, 1795770302477, '["js.automation","js.crypto","js.debugger","js.replaced"]', '{"apple_app_attest":{"app_ids":["ASSAY12345.com.example.ios"],"environments":["production"],"system":"ios"}}', NULL);
INSERT INTO public.apps VALUES ('io.appium.settings', 'android', 'Settings', 'io.appium.settings', 0, 1795770302440, '["js.automation","js.crypto","js.debugger","js.replaced"]', '{"android_key_attestation":{"enrolments_per_day":{"device":3,"batch":5}},"play_integrity":{"request":"classic","calls_per_day":100,"max_age":600}}', NULL);
INSERT INTO public.build_segments VALUES ('io.appium.settings', 'release', 'assets/sdk.js', 'script', 56705, '92d60be10712da65044624674903fcd20aaee0182b30a9258e79a880c79e06f5');
INSERT INTO public.build_segments VALUES ('io.appium.settings', 'release', 'classes.dex', 'dex', 40008, 'd662a3509c084bf18bbd2023014d377c27040bc3437af53bed4bc9a2d8c51664');
INSERT INTO public.build_segments VALUES ('io.appium.settings', 'debug', 'assets/sdk.js', 'script', 56705, '92d60be10712da65044624674903fcd20aaee0182b30a9258e79a880c79e06f5');
INSERT INTO public.build_segments VALUES ('io.appium.settings', 'debug', 'classes.dex', 'dex', 40008, 'd662a3509c084bf18bbd2023014d377c27040bc3437af53bed4bc9a2d8c51664');
INSERT INTO public.build_segments VALUES ('io.appium.settings', 'later', 'assets/sdk.js', 'script', 56705, '92d60be10712da65044624674903fcd20aaee0182b30a9258e79a880c79e06f5');
INSERT INTO public.build_segments VALUES ('io.appium.settings', 'later', 'classes.dex', 'dex', 40008, 'd662a3509c084bf18bbd2023014d377c27040bc3437af53bed4bc9a2d8c51664');
INSERT INTO public.build_segments VALUES ('com.example.ios', '1.0+1', 'main.jsbundle', 'script', 9780, '29ffc77e168a533748604e863e1825d8178253bf44959b4eee5e4a49d39dccab');
INSERT INTO public.build_segments VALUES ('com.example.web', '1.0', 'app.js', 'script', 9780, '29ffc77e168a533748604e863e1825d8178253bf44959b4eee5e4a49d39dccab');
INSERT INTO public.build_segments VALUES ('com.example.web', '1.0', 'index.html', 'script', 45, '61ef427c1e2b5d0ada1dd040ee1a6283b2303ef50220a63cf69507255377c682');
INSERT INTO public.build_segments VALUES ('com.example.web', '0.9', 'app.js', 'script', 7530, 'd4a3bc2545a8ae1a646709fbafe5a165789eb286bae3d56d892aa98c94b55f4d');
INSERT INTO public.builds VALUES ('io.appium.settings', 'later', 'apk', 'io.appium.settings', '8.0.10', 192, 26, 35, 0, '["ddd005ea4f4823234b575f543fd711f53f2ce435e13c8c8a5b961132e0403481"]', '["v2"]', 'native', 'image', '07e6373b9e7b0a3f1bc55d1bf5cff228d58b6875e17dc80fbb3d05b74d8c1e11', '["new_signer_recorded"]', 'active', 1795770302803, NULL, 'assay-js/0.0.0', '{"v":1,"sdk":"assay-js/0.0.0","functions":{"parse-plan":{"segment":"assets/sdk.js","offset":12583,"length":523},"check-plan-fits":{"segment":"assets/sdk.js","offset":11873,"length":268},"conclusion":{"segment":"assets/sdk.js","offset":13777,"length":156},"fold-start":{"segment":"assets/sdk.js","offset":14869,"length":33},"source-of":{"segment":"assets/sdk.js","offset":15183,"length":79},"probe-answer":{"segment":"assets/sdk.js","offset":13615,"length":127}},"exercises":["refusal.1"],"probes":["js.natives","js.network","js.crypto","js.replaced","js.debugger","js.automation","js.emulator","js.source"]}');
INSERT INTO public.builds VALUES ('io.appium.settings', 'debug', 'apk', 'io.appium.settings', '8.0.10', 192, 26, 35, 0, '["f0d0ee72f7290912f243fbac8f889718e71d55933ecb1e232069954c8fba0043"]', '["v2"]', 'native', 'image', '07e6373b9e7b0a3f1bc55d1bf5cff228d58b6875e17dc80fbb3d05b74d8c1e11', '["signed_with_debug_certificate","new_signer_recorded"]', 'retired', 1795770302751, NULL, 'assay-js/0.0.0', '{"v":1,"sdk":"assay-js/0.0.0","functions":{"parse-plan":{"segment":"assets/sdk.js","offset":12583,"length":523},"check-plan-fits":{"segment":"assets/sdk.js","offset":11873,"length":268},"conclusion":{"segment":"assets/sdk.js","offset":13777,"length":156},"fold-start":{"segment":"assets/sdk.js","offset":14869,"length":33},"source-of":{"segment":"assets/sdk.js","offset":15183,"length":79},"probe-answer":{"segment":"assets/sdk.js","offset":13615,"length":127}},"exercises":["refusal.1"],"probes":["js.natives","js.network","js.crypto","js.replaced","js.debugger","js.automation","js.emulator","js.source"]}');
INSERT INTO public.builds VALUES ('com.example.web', '0.9', 'web', '', NULL, 1, NULL, NULL, 0, '[]', '[]', 'web', 'image', '4a69fa55cbb4d3089c051169092dc0e2dc4ba9d96c70b94ea3e6e79f111887e7', '["no_sdk_segment"]', 'retired', 1795770302907, NULL, NULL, NULL);
INSERT INTO public.builds VALUES ('io.appium.settings', 'release', 'apk', 'io.appium.settings', '8.0.10', 192, 26, 35, 0, '["7aed065950477b08aafe07daeef8159eaffe2fd8cf4af04411fe86ff2cdd4a05"]', '["v2"]', 'native', 'image', '07e6373b9e7b0a3f1bc55d1bf5cff228d58b6875e17dc80fbb3d05b74d8c1e11', '["new_signer_recorded"]', 'active', 1795770302704, 1795770303041, 'assay-js/0.0.0', '{"v":1,"sdk":"assay-js/0.0.0","functions":{"parse-plan":{"segment":"assets/sdk.js","offset":12583,"length":523},"check-plan-fits":{"segment":"assets/sdk.js","offset":11873,"length":268},"conclusion":{"segment":"assets/sdk.js","offset":13777,"length":156},"fold-start":{"segment":"assets/sdk.js","offset":14869,"length":33},"source-of":{"segment":"assets/sdk.js","offset":15183,"length":79},"probe-answer":{"segment":"assets/sdk.js","offset":13615,"length":127}},"exercises":["refusal.1"],"probes":["js.natives","js.network","js.crypto","js.replaced","js.debugger","js.automation","js.emulator","js.source"]}');
INSERT INTO public.builds VALUES ('com.example.ios', '1.0+1', 'ipa', 'com.example.ios', '1.0', 1, NULL, NULL, 0, '[]', '[]', 'react-native', 'scripts', 'fbcce5bf12671cec8528b6881e6e8226a2f92b322d7f5d3909cfff478b85d8de', '["no_sdk_segment"]', 'active', 1795770302845, 1795770303169, NULL, NULL);
INSERT INTO public.builds VALUES ('com.example.web', '1.0', 'web', '', NULL, 1, NULL, NULL, 0, '[]', '[]', 'web', 'image', 'f69fb89b06c3d202d19278cc300f334acce9475b6ba0f291ceab36982bd36a6c', '["no_sdk_segment"]', 'active', 1795770302880, 1795770303269, NULL, NULL);
INSERT INTO public.installations VALUES ('io.appium.settings', 'HbQiRp2QEXtppPYKJC9vRos8ewIbFfIb7FWR0Jb0knQ', 192, 'vouched', 'android-device', '2984550b31b346790c2b2939bfd07eba4bfa26fbfaae0a038be0669f65c79d58', '[{"format":"android-key-attestation","claims":{"version":1,"claims":{"platform":"android","keySha256":"8ef5cad2dc2815af13015d428d8c6f8b6e8a66faafe96c36a724bfcc3b263856","attestationKeySha256":"2984550b31b346790c2b2939bfd07eba4bfa26fbfaae0a038be0669f65c79d58","serials":["1d9e7f38e3f156c892987b28f20a2f45","169937fabe60ea56","18cc20eff0eb17f5","a55a7e57002"],"anchor":"test-root-2","anchorSha256":"f7eff9d37e7d2497c165da0971773db3f4f50c4a75376541dae03c2b4c8217ca","provisioning":"remote","certificatesIssued":8,"reportedLost":null,"attestationVersion":400,"attestationSecurityLevel":"TrustedEnvironment","keyMintVersion":400,"keyMintSecurityLevel":"TrustedEnvironment","verifiedBootState":"Verified","verifiedBootKey":"b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0","verifiedBootHash":"b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1","deviceLocked":true,"osVersion":160000,"osPatchLevel":202610,"vendorPatchLevel":20261005,"bootPatchLevel":20261001,"moduleHash":"0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d","purposes":[2],"noAuthRequired":true,"unknownTags":[],"packageNames":["io.appium.settings"],"versionCodes":{"io.appium.settings":192},"signatureDigests":["7aed065950477b08aafe07daeef8159eaffe2fd8cf4af04411fe86ff2cdd4a05"]}},"verifiedAt":1795770303014},{"format":"play-integrity","claims":{"version":1,"claims":{"platform":"android","package":"io.appium.settings","signers":["7aed065950477b08aafe07daeef8159eaffe2fd8cf4af04411fe86ff2cdd4a05"],"requestedAt":1795770303,"testResponse":false,"appRecognitionVerdict":"PLAY_RECOGNIZED","deviceRecognitionVerdict":["MEETS_BASIC_INTEGRITY","MEETS_DEVICE_INTEGRITY"],"versionCode":192,"appLicensingVerdict":"LICENSED"}},"verifiedAt":1795770303014}]', NULL, 0, NULL, 'jyqLjCEIXAS42pGcPU7vvzI6e4V0tqJB0mKB19bQQLY', 1795770303031, 1795770303031);
INSERT INTO public.installations VALUES ('io.appium.settings', 'eSo_KKH-Lr3v6WYSaw_aDqMvu1-eeYb2o1qFCIeDnXY', 192, 'software', NULL, NULL, '[{"format":"play-integrity","claims":{"version":1,"claims":{"platform":"android","package":"io.appium.settings","signers":["7aed065950477b08aafe07daeef8159eaffe2fd8cf4af04411fe86ff2cdd4a05"],"requestedAt":1795770303,"testResponse":false,"appRecognitionVerdict":"PLAY_RECOGNIZED","deviceRecognitionVerdict":["MEETS_BASIC_INTEGRITY","MEETS_DEVICE_INTEGRITY"],"versionCode":192,"appLicensingVerdict":"LICENSED"}},"verifiedAt":1795770303078}]', NULL, 0, NULL, 'pU2ri3ULGkpckLYR1oq9kzoKI2rFf-9CZMqx9TN4ClE', 1795770303084, 1795770303084);
INSERT INTO public.installations VALUES ('io.appium.settings', 'y4iw4_QfyQnnO8A9PJNgQHl0zQmdCGtrMfNkOYPralA', 192, 'vouched', 'android-device', '728ff8b3de764022b5c0e5ac44773e22d3717a8b49637df207f54966fed7a21f', '[{"format":"android-key-attestation","claims":{"version":1,"claims":{"platform":"android","keySha256":"8bea0ba6f6853951c82353667a8628191fb0c893b36a8abe6a3570c94202db53","attestationKeySha256":"728ff8b3de764022b5c0e5ac44773e22d3717a8b49637df207f54966fed7a21f","serials":["13113543124c84a10139243bce832886","1ca839d2d7341612","1f299ac496a9937c","a55a7e57002"],"anchor":"test-root-2","anchorSha256":"f7eff9d37e7d2497c165da0971773db3f4f50c4a75376541dae03c2b4c8217ca","provisioning":"remote","certificatesIssued":8,"reportedLost":null,"attestationVersion":400,"attestationSecurityLevel":"TrustedEnvironment","keyMintVersion":400,"keyMintSecurityLevel":"TrustedEnvironment","verifiedBootState":"Verified","verifiedBootKey":"b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0","verifiedBootHash":"b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1","deviceLocked":true,"osVersion":160000,"osPatchLevel":202610,"vendorPatchLevel":20261005,"bootPatchLevel":20261001,"moduleHash":"0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d","purposes":[2],"noAuthRequired":true,"unknownTags":[],"packageNames":["io.appium.settings"],"versionCodes":{"io.appium.settings":192},"signatureDigests":["7aed065950477b08aafe07daeef8159eaffe2fd8cf4af04411fe86ff2cdd4a05"]}},"verifiedAt":1795770303133}]', NULL, 0, NULL, '3v57JnC0iQqf2aRwe_HRBXYlC6D5iNatlc7dPM-QcN8', 1795770303140, 1795770303140);
INSERT INTO public.installations VALUES ('com.example.ios', 'O-SCk8l3aSOVvV3pE5o3qs69UR0wJI960CRtLhzEezU', 1, 'vouched', 'app-attest-key', '8QzFEGnZKAFWPZa80dcy2GTiRyQS-wAGpErU4L3aQHQ', '[{"format":"apple-app-attest","claims":{"version":1,"claims":{"platform":"ios","appId":"ASSAY12345.com.example.ios","environment":"production","anchorSha256":"eb7d5d5a0931bcfac1810ce8085f53effe6ed7f6138d409f4e59eb9b31a0ddc0","counter":0,"keyId":"8QzFEGnZKAFWPZa80dcy2GTiRyQS-wAGpErU4L3aQHQ","publicKey":{"kty":"EC","crv":"P-256","x":"lGbOVzNnJd1w8EZm0ahUft1VOJXybVGaOW5tsx8SOs8","y":"cPIhgVEOntLPa30iwt_mppO0koMv8jRi7507M1hmYiQ"},"macFullSecurity":false,"certificate":{"sha256":"459aa1416ce67fb9b0df780fd100daaaa5ccb7c81b4e6d9cbb6d96fbedcdbecb","serialNumber":"017128cb1de6bb69e40a919f597c518a","notAfter":1795943103}}},"verifiedAt":1795770303159}]', '{"kty":"EC","crv":"P-256","x":"lGbOVzNnJd1w8EZm0ahUft1VOJXybVGaOW5tsx8SOs8","y":"cPIhgVEOntLPa30iwt_mppO0koMv8jRi7507M1hmYiQ"}', 0, '\x308006092a864886f70d010702a0803080020101310d300b0609608648016503040201308006092a864886f70d010701a08024820400048203e8318203f63022020102020101041a415353415931323334352e636f6d2e6578616d706c652e696f73308202da020103020101048202d0308202cc30820253a0030201020210017128cb1de6bb69e40a919f597c518a300a06082a8648ce3d040302305a312b302906035504030c22417373617920546573746b697420417070204174746573746174696f6e204341203131163014060355040a0c0d417373617920546573746b69743113301106035504080c0a43616c69666f726e6961301e170d3236313132363039303530335a170d3236313132393039303530335a3081943149304706035504030c4066313063633531303639643932383031353633643936626364316437333264383634653234373234313266623030303661343461643465306264646134303734311a3018060355040b0c114141412043657274696669636174696f6e31163014060355040a0c0d417373617920546573746b69743113301106035504080c0a43616c69666f726e69613059301306072a8648ce3d020106082a8648ce3d030107034200049466ce57336725dd70f04666d1a8547edd553895f26d519a396e6db31f123acf70f22181510e9ed2cf6b7d22c2dfe6a693b492832ff23462ef9d3b3358666224a381bf3081bc300c0603551d130101ff04023000300e0603551d0f0101ff04040302078030140603551d25040d300b06092a864886f763640418303306092a864886f76364080204263024a12204208208d8cdbe84a8e5ca31bd221c3c840cb65e67bdc1a0286172a8be6a28d21bd1302f06092a864886f76364080504223020bf89341c041a415353415931323334352e636f6d2e6578616d706c652e696f73302006092a864886f76364080704133011bf8a78060c0432362e31bf8a7903020100300a06082a8648ce3d04030203670030640230147204d1dc81d1e02293bf70f41c2658b580ee669327f6f96d6266f1f779c0ae05f7455d0b787b6944089f73709acb53023067a76d2b46535a9fd9a16d96d9a52f83abb1bad4da1a837ed61464b5daaea742384df5d5d093b57bee0bbe5483924f9430280201040201010420720173917bcaba6e5066329a1f8dee51ae0f7c5a8bfcf11c3dcc08dcb1c9da5330600201050201010458576c7061576c7061576c7061576c7061576c7061576c7061576c7061576c7061576c7061576c7061576c7061576c7061576c7061576c7061576c7061576c7061576c7061576c7061576c7061576c7061576c706157673d3d300e02010602010104064154544553543012020107020101040a70726f64756374696f6e302002010c0201010418323032362d31312d32375430393a30353a30332e3030305a30200201150201010418323032372d300412322d32355430393a30353a30332e3030305a00000000a0803082018b30820131a00302010202011d300a06082a8648ce3d04030230463144304206035504030c3b417373617920546573746b6974204170706c69636174696f6e204174746573746174696f6e2046726175642052656365697074205369676e696e67301e170d3230303130313030303030305a170d3435303130313030303030305a30463144304206035504030c3b417373617920546573746b6974204170706c69636174696f6e204174746573746174696f6e2046726175642052656365697074205369676e696e673059301306072a8648ce3d020106082a8648ce3d03010703420004822bba7cbde84c4762266820a95f0542ddc490f4b6b9a8021d4fb9699b6e7e3424da88a53f6fe5b6708f2063e5f49b555c8253766590baa7d2f5d2ddf276ee65a310300e300c0603551d130101ff04023000300a06082a8648ce3d0403020348003045022100dcb58d3d03ac7b7dcc629e08edd6e86a7a552671d28b2c26d45532cd586faf56022027789ea32ba0a439379e8a89c41026f8cfb56e7337d491e46738613e6b15c06100003181b43081b1020101304b30463144304206035504030c3b417373617920546573746b6974204170706c69636174696f6e204174746573746174696f6e2046726175642052656365697074205369676e696e6702011d300b0609608648016503040201300a06082a8648ce3d04030204463044021f2f3a0c6c6790476dab8666bf51111a5c1a12bb814525ddb49465ce73ff75bb022100d652ecc7ebfdad0ec9d47c7274978c3df96cbd67024d30e795d05cd88d88a85f000000000000', 'p6NIZIq_QlFScWTE02gbqBLiqRaCSyPGj_qkfuApJlc', 1795770303166, 1795770303166);
INSERT INTO public.installations VALUES ('io.appium.settings', 'zQD_5pUuHRobqlNvLhALHHjDI1E6om0A95MI_4qtWn8', 192, 'vouched', 'android-device', '491de295aec58c85a919a3a6c14f8279feda76c79660e428611d847f7eab04d2', '[{"format":"android-key-attestation","claims":{"version":1,"claims":{"platform":"android","keySha256":"88fac31cede114dd2966a575235eaf6909c280af72f7c2859c1d8eaecae1d674","attestationKeySha256":"491de295aec58c85a919a3a6c14f8279feda76c79660e428611d847f7eab04d2","serials":["1861bd7a7fdc3c74d98e367b3829417d","12b642692e9162f9","14d515baac4cd66d","a55a7e57002"],"anchor":"test-root-2","anchorSha256":"f7eff9d37e7d2497c165da0971773db3f4f50c4a75376541dae03c2b4c8217ca","provisioning":"remote","certificatesIssued":8,"reportedLost":null,"attestationVersion":400,"attestationSecurityLevel":"TrustedEnvironment","keyMintVersion":400,"keyMintSecurityLevel":"TrustedEnvironment","verifiedBootState":"Verified","verifiedBootKey":"b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0","verifiedBootHash":"b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1","deviceLocked":true,"osVersion":160000,"osPatchLevel":202610,"vendorPatchLevel":20261005,"bootPatchLevel":20261001,"moduleHash":"0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d","purposes":[2],"noAuthRequired":true,"unknownTags":[],"packageNames":["io.appium.settings"],"versionCodes":{"io.appium.settings":192},"signatureDigests":["7aed065950477b08aafe07daeef8159eaffe2fd8cf4af04411fe86ff2cdd4a05"]}},"verifiedAt":1795770303217},{"format":"play-integrity","claims":{"version":1,"claims":{"platform":"android","package":"io.appium.settings","signers":["7aed065950477b08aafe07daeef8159eaffe2fd8cf4af04411fe86ff2cdd4a05"],"requestedAt":1795770303,"testResponse":false,"appRecognitionVerdict":"PLAY_RECOGNIZED","deviceRecognitionVerdict":["MEETS_BASIC_INTEGRITY","MEETS_DEVICE_INTEGRITY"],"versionCode":192,"appLicensingVerdict":"LICENSED"}},"verifiedAt":1795770303217}]', NULL, 0, NULL, 'A57s1ZaH1LeC5Ji7-Sxz4Mh3mNZYOZ-UJiKOkFIEg5E', 1795770303238, 1795770303238);
INSERT INTO public.schema_steps VALUES (1, '0001-provisioning');
INSERT INTO public.schema_steps VALUES (2, '0002-keys-and-traces');
INSERT INTO public.schema_steps VALUES (3, '0003-live-code-and-probes');
INSERT INTO public.schema_steps VALUES (4, '0004-hardware-evidence');
INSERT INTO public.secrets VALUES ('sealing-check', '\x01dd6db38cb010e33d10f1a8f1c6df6c2ec1bfbe6c20b649ecce1ebb4a401e7877ac536bdfbef229ba046a9baeb16734ed27b3');
INSERT INTO public.secrets VALUES ('epoch', '\x01fdc4738e6c2081fafa3b880be361266c4f9ff6669b05690fc4d26a9e2c648982849079491799fe2c2d1aac9b076c42c33a63a435aeea69fc3f247b92');
INSERT INTO public.secrets VALUES ('pseudonym', '\x010e7cc529d24e44baf78e3d157b3c7e31a236bff4833d64ff8cba067e489bf0ef286500ec78c797f5dbe7962dcbc885fc275ae449367c05e033a00991');
INSERT INTO public.secrets VALUES ('play-integrity-keys:io.appium.settings', '\x019d9155b4f9159817560aa319998c6a8328af07cb2d0835a5a718b8e387a3785f48c9887bfaba3968951fb6bb3075d0c0c87308ad3c25ccf2d79a93956a94ca036a8283fd6b8bff38977c2e77a4927029d76bdd26a4484b55d653da50c9178e5f38e80f8ad84dec121af3e0a773cbc65b5e60df136b32c385040669f4c03b95cca0af63c3d88e248bc3a0884d213ae0a60633bbb49cd00e9ce53e4c332c48c969df59829f00ec010bf6c4c74a9f21f326a7c916b54bfa0fae3646c21be91e90991d4cdd3dc4c2ce22c80bf15958b3ce7ac86e5ed2c1b9d60181d56d3cacd193b4211dbcc09c1fcd');
INSERT INTO public.signing_keys VALUES ('ld9volKqK34L1RZVizYHG-9gBRLQvj0zexRwym6S5go', 1, 'ES256', '\x0114dfbe1d17398f8d1c54499f30494a035aba9a4b26bf699f21fd2853cfbe68ebf663e2dee5bba8471dd974fe78d0df1a406d8b35869d82398a3f659197ccbe9fb58bcfdcc9798293419c7788fe1f15463fbb03d9fac30059c770071d14d12d021be31df8b433e9c82043e62fc70054ac3b4f859cf82b7ab84ea8282a2e71b67553c524dd656c52ec39f504acb45152b613f1d9482c0c5349f199058f72a91739bcbf227734d6', 1795770302000, 1795770302000, NULL);
ALTER TABLE ONLY public.anchor_bans
    ADD CONSTRAINT anchor_bans_key PRIMARY KEY (app, kind, anchor);
ALTER TABLE ONLY public.anchor_enrolments
    ADD CONSTRAINT anchor_enrolments_key PRIMARY KEY (app, kind, anchor, day, thumbprint);
ALTER TABLE ONLY public.api_apps
    ADD CONSTRAINT api_apps_key PRIMARY KEY (audience, app);
ALTER TABLE ONLY public.api_key_apps
    ADD CONSTRAINT api_key_apps_key PRIMARY KEY (key, app);
ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_hash_key UNIQUE (hash);
ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.apis
    ADD CONSTRAINT apis_pkey PRIMARY KEY (audience);
ALTER TABLE ONLY public.app_signers
    ADD CONSTRAINT app_signers_key PRIMARY KEY (app, sha256);
ALTER TABLE ONLY public.apps
    ADD CONSTRAINT apps_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.attestation_traces
    ADD CONSTRAINT attestation_traces_pkey PRIMARY KEY (trace);
ALTER TABLE ONLY public.build_segments
    ADD CONSTRAINT build_segments_key PRIMARY KEY (app, build, name);
ALTER TABLE ONLY public.builds
    ADD CONSTRAINT builds_key PRIMARY KEY (app, id);
ALTER TABLE ONLY public.installations
    ADD CONSTRAINT installations_key PRIMARY KEY (app, thumbprint);
ALTER TABLE ONLY public.policies
    ADD CONSTRAINT policies_key PRIMARY KEY (id, version);
ALTER TABLE ONLY public.schema_steps
    ADD CONSTRAINT schema_steps_pkey PRIMARY KEY (number);
ALTER TABLE ONLY public.secrets
    ADD CONSTRAINT secrets_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.signing_keys
    ADD CONSTRAINT signing_keys_number_key UNIQUE (number);
ALTER TABLE ONLY public.signing_keys
    ADD CONSTRAINT signing_keys_pkey PRIMARY KEY (kid);
ALTER TABLE ONLY public.vendor_calls
    ADD CONSTRAINT vendor_calls_key PRIMARY KEY (app, vendor, day);
CREATE INDEX api_apps_by_app ON public.api_apps USING btree (app);
CREATE INDEX api_key_apps_by_app ON public.api_key_apps USING btree (app);
CREATE INDEX attestation_traces_by_time ON public.attestation_traces USING btree (happened_at, trace);
CREATE INDEX installations_by_anchor ON public.installations USING btree (app, anchor_kind, anchor);
CREATE INDEX installations_by_time ON public.installations USING btree (seen_at);
ALTER TABLE ONLY public.anchor_bans
    ADD CONSTRAINT anchor_bans_app_fkey FOREIGN KEY (app) REFERENCES public.apps(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.anchor_enrolments
    ADD CONSTRAINT anchor_enrolments_app_fkey FOREIGN KEY (app) REFERENCES public.apps(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.api_apps
    ADD CONSTRAINT api_apps_app_fkey FOREIGN KEY (app) REFERENCES public.apps(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.api_apps
    ADD CONSTRAINT api_apps_audience_fkey FOREIGN KEY (audience) REFERENCES public.apis(audience) ON DELETE CASCADE;
ALTER TABLE ONLY public.api_key_apps
    ADD CONSTRAINT api_key_apps_app_fkey FOREIGN KEY (app) REFERENCES public.apps(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.api_key_apps
    ADD CONSTRAINT api_key_apps_key_fkey FOREIGN KEY (key) REFERENCES public.api_keys(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.app_signers
    ADD CONSTRAINT app_signers_app_fkey FOREIGN KEY (app) REFERENCES public.apps(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.build_segments
    ADD CONSTRAINT build_segments_build FOREIGN KEY (app, build) REFERENCES public.builds(app, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.builds
    ADD CONSTRAINT builds_app_fkey FOREIGN KEY (app) REFERENCES public.apps(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.installations
    ADD CONSTRAINT installations_app_fkey FOREIGN KEY (app) REFERENCES public.apps(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.vendor_calls
    ADD CONSTRAINT vendor_calls_app_fkey FOREIGN KEY (app) REFERENCES public.apps(id) ON DELETE CASCADE;
