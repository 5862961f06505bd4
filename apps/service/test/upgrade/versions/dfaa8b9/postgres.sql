CREATE FUNCTION public.enrol_installation(for_app text, of_thumbprint text, by_kind text, by_anchor text, is_vouched_anew boolean, per_day bigint, unvouched_per_day bigint, on_day bigint, with_version_code bigint, with_abi text, with_holder_key text, with_evidence text, with_assertion_key text, with_assertion_counter bigint, with_receipt bytea, to_ask_at bigint, with_binding text, at_time bigint, with_names bigint[]) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO '$user', 'public'
    AS $$
declare
  known_version bigint;
  is_counted boolean := case when by_kind is null then unvouched_per_day is not null else is_vouched_anew end;
  counted_kind text := coalesce(by_kind, 'none');
  counted_anchor text := coalesce(by_anchor, '');
  counted_limit bigint := case when by_kind is null then unvouched_per_day else per_day end;
begin
  perform pg_advisory_xact_lock(hashtextextended(for_app || '|' || of_thumbprint, 1));
  if is_counted then
    perform pg_advisory_xact_lock(hashtextextended(for_app || '|' || counted_kind || '|' || counted_anchor, 2));
  end if;
  select version_code into known_version from installations where app = for_app and thumbprint = of_thumbprint;
  if known_version > with_version_code then
    return 'older_build';
  end if;
  if is_counted and (by_kind is not null or known_version is null) then
    if counted_limit is null then
      delete from installations
        where app = for_app and anchor_kind = by_kind and anchor = by_anchor and thumbprint <> of_thumbprint;
    elsif counted_limit <= (
      select count(*) from anchor_enrolments
        where app = for_app and kind = counted_kind and anchor = counted_anchor and day = on_day
          and thumbprint <> of_thumbprint
    ) then
      return case when by_kind is null then 'unvouched_spent' else 'vouching_key_spent' end;
    end if;
    insert into anchor_enrolments (app, kind, anchor, day, thumbprint)
      values (for_app, counted_kind, counted_anchor, on_day, of_thumbprint) on conflict do nothing;
  end if;
  insert into installations (
    app, thumbprint, version_code, abi, holder_key, anchor_kind, anchor, evidence, assertion_key, assertion_counter,
    receipt, ask_at, binding, created_at, seen_at
  ) values (
    for_app, of_thumbprint, with_version_code, with_abi, with_holder_key, by_kind, by_anchor, with_evidence,
    with_assertion_key, with_assertion_counter, with_receipt, to_ask_at, with_binding, at_time, at_time
  ) on conflict (app, thumbprint) do update set
    version_code = excluded.version_code, abi = excluded.abi, holder_key = excluded.holder_key,
    anchor_kind = excluded.anchor_kind, anchor = excluded.anchor, evidence = excluded.evidence,
    assertion_key = excluded.assertion_key, assertion_counter = excluded.assertion_counter,
    receipt = excluded.receipt, ask_at = excluded.ask_at, binding = excluded.binding, seen_at = excluded.seen_at;
  insert into installation_names (app, thumbprint, name)
    select for_app, of_thumbprint, unnest(with_names) on conflict do nothing;
  return 'ok';
end $$;
CREATE FUNCTION public.formats_of(evidence text) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$
      select coalesce(string_agg(distinct item ->> 'format', ' ' order by item ->> 'format'), '')
        from json_array_elements(evidence::json) as item
    $$;
CREATE FUNCTION public.note_formats() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO '$user', 'public'
    AS $$
    begin
      new.formats := formats_of(new.evidence);
      return new;
    end $$;
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
    created_at bigint NOT NULL,
    public_key text COLLATE pg_catalog."C"
);
CREATE TABLE public.api_origins (
    origin text NOT NULL COLLATE pg_catalog."C",
    audience text NOT NULL COLLATE pg_catalog."C"
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
CREATE TABLE public.app_listed_signers (
    app text NOT NULL COLLATE pg_catalog."C",
    sha256 text NOT NULL COLLATE pg_catalog."C",
    role text NOT NULL COLLATE pg_catalog."C"
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
    policy text COLLATE pg_catalog."C",
    optional_evidence text DEFAULT '[]'::text NOT NULL COLLATE pg_catalog."C",
    evidence_since text DEFAULT '{}'::text NOT NULL COLLATE pg_catalog."C",
    unvouched_per_day bigint,
    teams text DEFAULT '[]'::text NOT NULL COLLATE pg_catalog."C"
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
    sdk_manifest text COLLATE pg_catalog."C",
    splits text COLLATE pg_catalog."C",
    base text COLLATE pg_catalog."C",
    retired_at bigint,
    upload_signer text COLLATE pg_catalog."C"
);
CREATE TABLE public.installation_names (
    app text NOT NULL COLLATE pg_catalog."C",
    thumbprint text NOT NULL COLLATE pg_catalog."C",
    name bigint NOT NULL
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
    seen_at bigint NOT NULL,
    abi text COLLATE pg_catalog."C",
    ask_at bigint,
    formats text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C"
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
CREATE TABLE public.signs_of_life (
    id bigint NOT NULL,
    seen_at bigint NOT NULL
);
CREATE TABLE public.vendor_calls (
    app text NOT NULL COLLATE pg_catalog."C",
    vendor text NOT NULL COLLATE pg_catalog."C",
    day bigint NOT NULL,
    calls bigint NOT NULL
);
INSERT INTO public.anchor_bans VALUES ('io.appium.settings', 'android-device', '9682acb33980a6d92d5713462c1a6c6e57d5788814461464eec31f4dc03d2f01', 1795795254059);
INSERT INTO public.anchor_enrolments VALUES ('io.appium.settings', 'android-device', 'aa84b8f69e02fbb1fdb185aaa986d57fec3ccbaa0f71ca916f1f0d309f37a051', 20784, '2YeKQvcHPj8c13Vc0n5jaV7wRs7P8CCcZ4j9rHLqtyk');
INSERT INTO public.anchor_enrolments VALUES ('io.appium.settings', 'none', '', 20784, 'n2i4cKKRXRDembr5O50wKbsIPFSA6P1M8wLDUFprYMI');
INSERT INTO public.anchor_enrolments VALUES ('io.appium.settings', 'android-device', '9df480b4b529f1019bf9fb2710286f0b8fe436579aaf4a1b319280a2185b24a9', 20784, 'C-1A7CC8FU9r8A551sTIfSU7VK8jCRwzNvXASTKPMYU');
INSERT INTO public.anchor_enrolments VALUES ('com.example.ios', 'app-attest-key', 'JvXuBw2_hSHbBKBSdwCUhmK_0p06Ic_exN6Zi6bGEpI', 20784, 'KTvhEWdX07U0hYOqZ1Xh74zvoT7dvOPUR5Uh8jCjN4w');
INSERT INTO public.anchor_enrolments VALUES ('io.appium.settings', 'android-device', '9682acb33980a6d92d5713462c1a6c6e57d5788814461464eec31f4dc03d2f01', 20784, 'kb5lMiJZl9_uq50KyMTtUfzZN88QgmSH7gsPJfOisOg');
INSERT INTO public.api_apps VALUES ('https://orders.example', 'io.appium.settings');
INSERT INTO public.api_apps VALUES ('https://orders.example/ios', 'com.example.ios');
INSERT INTO public.api_apps VALUES ('https://orders.example/web', 'com.example.web');
INSERT INTO public.api_key_apps VALUES ('XOhzQAbhEUw-Cg4F', 'io.appium.settings');
INSERT INTO public.api_keys VALUES ('XOhzQAbhEUw-Cg4F', 'pipeline', 'registration', 'assay_p90T', 'da8868c95924710b3c798c9f576db427e9d08f6151b68553c8b1d33590b77f9a', 1795795252802, NULL);
INSERT INTO public.api_keys VALUES ('SuQSlsZIcFuEedy9', 'first admin key', 'admin', 'assay_lBdd', '2d537d5a6790c3bf72188f0c542d7b3beed53200cda9e39f9fcf78a8c1cc4202', 1795795252420, NULL);
INSERT INTO public.apis VALUES ('https://orders.example', 'https://orders.example', '["affirming","warning"]', 'bound', 'enforce', 300, '[]', 1795795252741, NULL);
INSERT INTO public.apis VALUES ('https://orders.example/ios', 'https://orders.example/ios', '["affirming","warning"]', 'bound', 'enforce', 300, '[]', 1795795252764, NULL);
INSERT INTO public.apis VALUES ('https://orders.example/web', 'https://orders.example/web', '["affirming","warning"]', 'bound', 'enforce', 300, '[]', 1795795252784, 'software-only');
INSERT INTO public.app_signers VALUES ('io.appium.settings', 'f1eacf2e8aee963bfe76b85163f653a396f9d27d262880edfbdddbb82928e24b');
INSERT INTO public.app_signers VALUES ('io.appium.settings', '3699da57dacdba8ae3f2a82fbfb9c59446cb3e6208af6ad868723cb0e134835f');
INSERT INTO public.apps VALUES ('com.example.web', 'web', 'On the web', 'com.example.web', 0, 1795795252724, '["js.automation","js.crypto","js.debugger","js.replaced"]', '{}', NULL, '[]', '{}', NULL, '[]');
INSERT INTO public.apps VALUES ('io.appium.settings', 'android', 'Settings', 'io.appium.settings', 0, 1795795252647, '["android.automation","android.debugger","android.hooks","js.automation","js.crypto","js.debugger","js.replaced"]', '{"android_key_attestation":{"enrolments_per_day":{"device":3,"batch":5}},"play_integrity":{"request":"classic","calls_per_day":100,"max_age":600}}', NULL, '[]', '{"android_key_attestation":1795795252647,"play_integrity":1795795252647}', NULL, '[]');
INSERT INTO public.apps VALUES ('com.example.ios', 'ios', 'For iPhones', 'com.example.ios', 0, 1795795252696, '["ios.debugger","ios.hooks","ios.injected","ios.simulator","js.automation","js.crypto","js.debugger","js.replaced"]', '{"apple_app_attest":{"app_ids":["ASSAY12345.com.example.ios"],"environments":["production"],"system":"ios"}}', NULL, '[]', '{"apple_app_attest":1795795252696}', NULL, '[]');
INSERT INTO public.build_segments VALUES ('io.appium.settings', 'release', 'assets/sdk.js', 'script', 68838, '3c959f7ae640f79fb782304b54b27085960dc4c22c20dc458a8985ef2a77bf1e');
INSERT INTO public.build_segments VALUES ('io.appium.settings', 'release', 'classes.dex', 'dex', 40008, 'd662a3509c084bf18bbd2023014d377c27040bc3437af53bed4bc9a2d8c51664');
INSERT INTO public.build_segments VALUES ('io.appium.settings', 'debug', 'assets/sdk.js', 'script', 68838, '3c959f7ae640f79fb782304b54b27085960dc4c22c20dc458a8985ef2a77bf1e');
INSERT INTO public.build_segments VALUES ('io.appium.settings', 'debug', 'classes.dex', 'dex', 40008, 'd662a3509c084bf18bbd2023014d377c27040bc3437af53bed4bc9a2d8c51664');
INSERT INTO public.build_segments VALUES ('io.appium.settings', 'later', 'assets/sdk.js', 'script', 68838, '3c959f7ae640f79fb782304b54b27085960dc4c22c20dc458a8985ef2a77bf1e');
INSERT INTO public.build_segments VALUES ('io.appium.settings', 'later', 'classes.dex', 'dex', 40008, 'd662a3509c084bf18bbd2023014d377c27040bc3437af53bed4bc9a2d8c51664');
INSERT INTO public.build_segments VALUES ('com.example.ios', '1.0+1', 'main.jsbundle', 'script', 9780, '29ffc77e168a533748604e863e1825d8178253bf44959b4eee5e4a49d39dccab');
INSERT INTO public.build_segments VALUES ('com.example.web', '1.0', 'app.js', 'script', 9780, '29ffc77e168a533748604e863e1825d8178253bf44959b4eee5e4a49d39dccab');
INSERT INTO public.build_segments VALUES ('com.example.web', '1.0', 'index.html', 'script', 45, '61ef427c1e2b5d0ada1dd040ee1a6283b2303ef50220a63cf69507255377c682');
INSERT INTO public.build_segments VALUES ('com.example.web', '0.9', 'app.js', 'script', 7530, 'd4a3bc2545a8ae1a646709fbafe5a165789eb286bae3d56d892aa98c94b55f4d');
INSERT INTO public.builds VALUES ('io.appium.settings', 'later', 'apk', 'io.appium.settings', '8.0.10', 192, 26, 35, 0, '["3699da57dacdba8ae3f2a82fbfb9c59446cb3e6208af6ad868723cb0e134835f"]', '["v2"]', 'native', 'image', '8076ff0632a9ca2581b7df553f83d45b84e431000cf3e8d3c0ffd77ed28431c1', '["new_signer_recorded"]', 'active', 1795795253219, NULL, 'assay-js/0.1.0', '{"v":1,"sdk":"assay-js/0.1.0","functions":{"parse-plan":{"segment":"assets/sdk.js","offset":14251,"length":591},"check-plan-fits":{"segment":"assets/sdk.js","offset":13428,"length":285},"conclusion":{"segment":"assets/sdk.js","offset":15614,"length":156},"fold-start":{"segment":"assets/sdk.js","offset":16706,"length":33},"source-of":{"segment":"assets/sdk.js","offset":17020,"length":79},"probe-answer":{"segment":"assets/sdk.js","offset":15447,"length":132}},"exercises":["refusal.1"],"probes":["js.natives","js.network","js.crypto","js.replaced","js.debugger","js.automation","js.emulator","js.source"]}', NULL, NULL, NULL, NULL);
INSERT INTO public.builds VALUES ('io.appium.settings', 'debug', 'apk', 'io.appium.settings', '8.0.10', 192, 26, 35, 0, '["bbaf73b95c3570b6155444b2878d7b027b94c9d26fe57e5c0a7c04c3d2a361d0"]', '["v2"]', 'native', 'image', '8076ff0632a9ca2581b7df553f83d45b84e431000cf3e8d3c0ffd77ed28431c1', '["signed_with_debug_certificate"]', 'retired', 1795795253145, NULL, 'assay-js/0.1.0', '{"v":1,"sdk":"assay-js/0.1.0","functions":{"parse-plan":{"segment":"assets/sdk.js","offset":14251,"length":591},"check-plan-fits":{"segment":"assets/sdk.js","offset":13428,"length":285},"conclusion":{"segment":"assets/sdk.js","offset":15614,"length":156},"fold-start":{"segment":"assets/sdk.js","offset":16706,"length":33},"source-of":{"segment":"assets/sdk.js","offset":17020,"length":79},"probe-answer":{"segment":"assets/sdk.js","offset":15447,"length":132}},"exercises":["refusal.1"],"probes":["js.natives","js.network","js.crypto","js.replaced","js.debugger","js.automation","js.emulator","js.source"]}', NULL, NULL, 1795795253409, NULL);
INSERT INTO public.builds VALUES ('com.example.web', '0.9', 'web', '', NULL, 1, NULL, NULL, 0, '[]', '[]', 'web', 'image', '4a69fa55cbb4d3089c051169092dc0e2dc4ba9d96c70b94ea3e6e79f111887e7', '["no_sdk_segment"]', 'retired', 1795795253373, NULL, NULL, NULL, NULL, NULL, 1795795253427, NULL);
INSERT INTO public.builds VALUES ('io.appium.settings', 'release', 'apk', 'io.appium.settings', '8.0.10', 192, 26, 35, 0, '["f1eacf2e8aee963bfe76b85163f653a396f9d27d262880edfbdddbb82928e24b"]', '["v2"]', 'native', 'image', '8076ff0632a9ca2581b7df553f83d45b84e431000cf3e8d3c0ffd77ed28431c1', '["new_signer_recorded"]', 'active', 1795795253056, 1795795253605, 'assay-js/0.1.0', '{"v":1,"sdk":"assay-js/0.1.0","functions":{"parse-plan":{"segment":"assets/sdk.js","offset":14251,"length":591},"check-plan-fits":{"segment":"assets/sdk.js","offset":13428,"length":285},"conclusion":{"segment":"assets/sdk.js","offset":15614,"length":156},"fold-start":{"segment":"assets/sdk.js","offset":16706,"length":33},"source-of":{"segment":"assets/sdk.js","offset":17020,"length":79},"probe-answer":{"segment":"assets/sdk.js","offset":15447,"length":132}},"exercises":["refusal.1"],"probes":["js.natives","js.network","js.crypto","js.replaced","js.debugger","js.automation","js.emulator","js.source"]}', NULL, NULL, NULL, NULL);
INSERT INTO public.builds VALUES ('com.example.ios', '1.0+1', 'ipa', 'com.example.ios', '1.0', 1, NULL, NULL, 0, '[]', '[]', 'react-native', 'scripts', 'fbcce5bf12671cec8528b6881e6e8226a2f92b322d7f5d3909cfff478b85d8de', '["no_sdk_segment","signer_not_apple"]', 'active', 1795795253258, 1795795253876, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.builds VALUES ('com.example.web', '1.0', 'web', '', NULL, 1, NULL, NULL, 0, '[]', '[]', 'web', 'image', 'f69fb89b06c3d202d19278cc300f334acce9475b6ba0f291ceab36982bd36a6c', '["no_sdk_segment"]', 'active', 1795795253295, 1795795254041, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.installation_names VALUES ('io.appium.settings', '2YeKQvcHPj8c13Vc0n5jaV7wRs7P8CCcZ4j9rHLqtyk', 92881175782920);
INSERT INTO public.installation_names VALUES ('io.appium.settings', 'n2i4cKKRXRDembr5O50wKbsIPFSA6P1M8wLDUFprYMI', 279197298161424);
INSERT INTO public.installation_names VALUES ('io.appium.settings', 'C-1A7CC8FU9r8A551sTIfSU7VK8jCRwzNvXASTKPMYU', 204540083651871);
INSERT INTO public.installation_names VALUES ('com.example.ios', 'KTvhEWdX07U0hYOqZ1Xh74zvoT7dvOPUR5Uh8jCjN4w', 149780463141100);
INSERT INTO public.installation_names VALUES ('io.appium.settings', 'kb5lMiJZl9_uq50KyMTtUfzZN88QgmSH7gsPJfOisOg', 135670684127071);
INSERT INTO public.installations VALUES ('io.appium.settings', '2YeKQvcHPj8c13Vc0n5jaV7wRs7P8CCcZ4j9rHLqtyk', 192, 'vouched', 'android-device', 'aa84b8f69e02fbb1fdb185aaa986d57fec3ccbaa0f71ca916f1f0d309f37a051', '[{"format":"android-key-attestation","claims":{"version":1,"claims":{"platform":"android","keySha256":"8a0bfaf1dd6fdb289c252142a4732e979bba8b9caef582949907f972decc198f","attestationKeySha256":"aa84b8f69e02fbb1fdb185aaa986d57fec3ccbaa0f71ca916f1f0d309f37a051","serials":["14a909ef990df902fb13767e60334fcb","10eee4817432338f","1c26ccbfbcc2bdc8","a55a7e57002"],"anchor":"test-root-2","anchorSha256":"d87a90af8fe23a3db1532b8dda57fb7a80b891bf67f60c7ec7688e7e3137ab17","provisioning":"remote","certificatesIssued":8,"reportedLost":null,"attestationVersion":400,"attestationSecurityLevel":"TrustedEnvironment","keyMintVersion":400,"keyMintSecurityLevel":"TrustedEnvironment","verifiedBootState":"Verified","verifiedBootKey":"b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0","verifiedBootHash":"b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1","deviceLocked":true,"osVersion":160000,"osPatchLevel":202610,"vendorPatchLevel":20261005,"bootPatchLevel":20261001,"moduleHash":"0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d","purposes":[2],"noAuthRequired":true,"unknownTags":[],"packageNames":["io.appium.settings"],"versionCodes":{"io.appium.settings":192},"signatureDigests":["f1eacf2e8aee963bfe76b85163f653a396f9d27d262880edfbdddbb82928e24b"]}},"verifiedAt":1795795253513},{"format":"play-integrity","claims":{"version":1,"claims":{"platform":"android","package":"io.appium.settings","signers":["f1eacf2e8aee963bfe76b85163f653a396f9d27d262880edfbdddbb82928e24b"],"requestedAt":1795795253,"testResponse":false,"appRecognitionVerdict":"PLAY_RECOGNIZED","deviceRecognitionVerdict":["MEETS_BASIC_INTEGRITY","MEETS_DEVICE_INTEGRITY"],"versionCode":192,"appLicensingVerdict":"LICENSED"}},"verifiedAt":1795795253513}]', NULL, 0, NULL, 'f_nnliM6K5bN-6PDmkoMoKb6GIF35ICr2JlTFg5XApo', 1795795253595, 1795795253595, NULL, NULL, 'android-key-attestation play-integrity');
INSERT INTO public.installations VALUES ('io.appium.settings', 'n2i4cKKRXRDembr5O50wKbsIPFSA6P1M8wLDUFprYMI', 192, 'software', NULL, NULL, '[{"format":"play-integrity","claims":{"version":1,"claims":{"platform":"android","package":"io.appium.settings","signers":["f1eacf2e8aee963bfe76b85163f653a396f9d27d262880edfbdddbb82928e24b"],"requestedAt":1795795253,"testResponse":false,"appRecognitionVerdict":"PLAY_RECOGNIZED","deviceRecognitionVerdict":["MEETS_BASIC_INTEGRITY","MEETS_DEVICE_INTEGRITY"],"versionCode":192,"appLicensingVerdict":"LICENSED"}},"verifiedAt":1795795253676}]', NULL, 0, NULL, 'LZbuRsmcvjQAglVeFskQkyAczX7JFvaTc82jBdUTjdY', 1795795253696, 1795795253696, NULL, NULL, 'play-integrity');
INSERT INTO public.installations VALUES ('io.appium.settings', 'C-1A7CC8FU9r8A551sTIfSU7VK8jCRwzNvXASTKPMYU', 192, 'vouched', 'android-device', '9df480b4b529f1019bf9fb2710286f0b8fe436579aaf4a1b319280a2185b24a9', '[{"format":"android-key-attestation","claims":{"version":1,"claims":{"platform":"android","keySha256":"d8612dbee8b3f84e830d79ee21380b44607fd58642a9e5a1c881f0786c7557cf","attestationKeySha256":"9df480b4b529f1019bf9fb2710286f0b8fe436579aaf4a1b319280a2185b24a9","serials":["1290f56c259287655fee2bf4677ffe92","14369e26bba77bf5","16d445bdcb5014e0","a55a7e57002"],"anchor":"test-root-2","anchorSha256":"d87a90af8fe23a3db1532b8dda57fb7a80b891bf67f60c7ec7688e7e3137ab17","provisioning":"remote","certificatesIssued":8,"reportedLost":null,"attestationVersion":400,"attestationSecurityLevel":"TrustedEnvironment","keyMintVersion":400,"keyMintSecurityLevel":"TrustedEnvironment","verifiedBootState":"Verified","verifiedBootKey":"b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0","verifiedBootHash":"b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1","deviceLocked":true,"osVersion":160000,"osPatchLevel":202610,"vendorPatchLevel":20261005,"bootPatchLevel":20261001,"moduleHash":"0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d","purposes":[2],"noAuthRequired":true,"unknownTags":[],"packageNames":["io.appium.settings"],"versionCodes":{"io.appium.settings":192},"signatureDigests":["f1eacf2e8aee963bfe76b85163f653a396f9d27d262880edfbdddbb82928e24b"]}},"verifiedAt":1795795253761}]', NULL, 0, NULL, 'EgDJgTywK93HlOmlPLCn60JsEKgegBq6ZbBM1DnnCTk', 1795795253779, 1795795253779, NULL, NULL, 'android-key-attestation');
INSERT INTO public.installations VALUES ('com.example.ios', 'KTvhEWdX07U0hYOqZ1Xh74zvoT7dvOPUR5Uh8jCjN4w', 1, 'vouched', 'app-attest-key', 'JvXuBw2_hSHbBKBSdwCUhmK_0p06Ic_exN6Zi6bGEpI', '[{"format":"apple-app-attest","claims":{"version":1,"claims":{"platform":"ios","appId":"ASSAY12345.com.example.ios","environment":"production","anchorSha256":"a4f429a47d7199600f38ec40e2f98ec1e29bb0333160c46829305a92e2e6d316","counter":0,"keyId":"JvXuBw2_hSHbBKBSdwCUhmK_0p06Ic_exN6Zi6bGEpI","publicKey":{"kty":"EC","crv":"P-256","x":"0NA5UvDbnlXyR8KerWleCXSos69Hq8ZhA0t2_2pQV_Q","y":"tAwJ59345j8qpH7xA--URdWkcLi46CjsW9nhikzdSqE"},"macFullSecurity":false,"certificate":{"sha256":"71415d9c39f9b7bc2e6ba7599a7d82f7b255792b01bed81611b406d8acb0cc81","serialNumber":"01c49f41bb8bf5c9b8096223cda2061f","notAfter":1795968053}}},"verifiedAt":1795795253836}]', '{"kty":"EC","crv":"P-256","x":"0NA5UvDbnlXyR8KerWleCXSos69Hq8ZhA0t2_2pQV_Q","y":"tAwJ59345j8qpH7xA--URdWkcLi46CjsW9nhikzdSqE"}', 0, '\x308006092a864886f70d010702a0803080020101310d300b0609608648016503040201308006092a864886f70d010701a08024820402048203e8318203f83022020102020101041a415353415931323334352e636f6d2e6578616d706c652e696f73308202dc020103020101048202d2308202ce30820253a003020102021001c49f41bb8bf5c9b8096223cda2061f300a06082a8648ce3d040302305a312b302906035504030c22417373617920546573746b697420417070204174746573746174696f6e204341203131163014060355040a0c0d417373617920546573746b69743113301106035504080c0a43616c69666f726e6961301e170d3236313132363136303035335a170d3236313132393136303035335a3081943149304706035504030c4032366635656530373064626638353231646230346130353237373030393438363632626664323964336132316366646563346465393938626136633631323932311a3018060355040b0c114141412043657274696669636174696f6e31163014060355040a0c0d417373617920546573746b69743113301106035504080c0a43616c69666f726e69613059301306072a8648ce3d020106082a8648ce3d03010703420004d0d03952f0db9e55f247c29ead695e0974a8b3af47abc661034b76ff6a5057f4b40c09e7ddf8e63f2aa47ef103ef9445d5a470b8b8e828ec5bd9e18a4cdd4aa1a381bf3081bc300c0603551d130101ff04023000300e0603551d0f0101ff04040302078030140603551d25040d300b06092a864886f763640418303306092a864886f76364080204263024a1220420ba4cfa59fd8a75d23d4de6f0f50cc1a676fb9ba79c7fb952fa6f8585108b4a9d302f06092a864886f76364080504223020bf89341c041a415353415931323334352e636f6d2e6578616d706c652e696f73302006092a864886f76364080704133011bf8a78060c0432362e31bf8a7903020100300a06082a8648ce3d0403020369003066023100f6cfda0ce1288ba3ba1f6ab0f93600276785e10bd056060371eac9a0d68876014c4c5b1359170a4c13323d2b48896202023100bcd32b2e52c36f30b7d2055d7b200303ee9250c528b59bf5fabdcd7e7274b3f145a8ef74b9c72a825c2640de51f3cda7302802010402010104205a54793a812af93564cef1ce8cea82d86d838fe41d05357f4726b4d774adee7d30600201050201010458576c7061576c7061576c7061576c7061576c7061576c7061576c7061576c7061576c7061576c7061576c7061576c7061576c7061576c7061576c7061576c7061576c7061576c7061576c7061576c7061576c706157673d3d300e02010602010104064154544553543012020107020101040a70726f64756374696f6e302002010c0201010418323032362d31312d32375431363a30303a35332e3030305a302002011502010104183230323704142d30322d32355431363a30303a35332e3030305a00000000a080308201893082012fa00302010202011d300a06082a8648ce3d04030230333131302f06035504030c28417373617920546573746b6974204170706c69636174696f6e20496e746567726174696f6e204341301e170d3230303331393030303030305a170d3435303130313030303030305a30463144304206035504030c3b417373617920546573746b6974204170706c69636174696f6e204174746573746174696f6e2046726175642052656365697074205369676e696e673059301306072a8648ce3d020106082a8648ce3d0301070342000434d752805e98cb9d42d347065d33208161176fb787d5a11fecc88159563eac69c66a203da9d40be53ec7f84bb1d17f9264aef2e337ee6aad98a4d46836e9df11a321301f300c0603551d130101ff04023000300f06092a864886f763640c0f04020500300a06082a8648ce3d0403020348003045022100cfa0a2307a4b9438b437205ad1beae3ec5b0e44b0d9f814c14e32ac5bc5d027702205e04249d2f6bca210fd8d756c81163449c8a868f137a6372acedbb74bbc844f9308201c330820148a00302010202011c300a06082a8648ce3d040302305d312e302c06035504030c25417373617920546573746b697420417070204174746573746174696f6e20526f6f7420434131163014060355040a0c0d417373617920546573746b69743113301106035504080c0a43616c69666f726e6961301e170d3230303331393030303030305a170d3435303130313030303030305a30333131302f06035504030c28417373617920546573746b6974204170706c69636174696f6e20496e746567726174696f6e2043413059301306072a8648ce3d020106082a8648ce3d03010703420004afd55d9930680ecac7db18177aba0fce6f5aa48993c44bf961a8eb0bc13dd902458c853e48f49642f61db82eeae9ce6650249a22d7c05066eed97c61828eebe6a3233021300f0603551d130101ff040530030101ff300e0603551d0f0101ff040403020204300a06082a8648ce3d0403020369003066023100849d3164250a09f78ccb1f06761c50bce4e1f481a5e8353d72adced84e979e8a6ceed0987a654dc289c995a556f74302023100d5411e3569703c2aebcb7af9de3a1262682126dfcf77514be9a83b3d1da037f4a5e5e8156aa6146a631a3293fd23f25e00003181a230819f020101303830333131302f06035504030c28417373617920546573746b6974204170706c69636174696f6e20496e746567726174696f6e20434102011d300b0609608648016503040201300a06082a8648ce3d0403020447304502204ed0fba4f5d18a1795066c80a4e2fbaef1849a0b3a2e09005d9363eb33eae7fc022100c6ecfafb8869e2a895c71497924f096322d39a1d1a83fafbb502684b049b68a4000000000000', '8jXZCkpxyu3j7K4winXUuRv1Xhf1Iu8qCU1IwMEQsqg', 1795795253863, 1795795253863, NULL, 1795795253863, 'apple-app-attest');
INSERT INTO public.installations VALUES ('io.appium.settings', 'kb5lMiJZl9_uq50KyMTtUfzZN88QgmSH7gsPJfOisOg', 192, 'vouched', 'android-device', '9682acb33980a6d92d5713462c1a6c6e57d5788814461464eec31f4dc03d2f01', '[{"format":"android-key-attestation","claims":{"version":1,"claims":{"platform":"android","keySha256":"f1946d6be24af7f0679a5e8bda4048ca745911c074b03cabcb48b72ee528d8d2","attestationKeySha256":"9682acb33980a6d92d5713462c1a6c6e57d5788814461464eec31f4dc03d2f01","serials":["1b21c4c2ee4fa8d09767741ad0b31b17","160f698bd3fd5717","127863785ded6fd4","a55a7e57002"],"anchor":"test-root-2","anchorSha256":"d87a90af8fe23a3db1532b8dda57fb7a80b891bf67f60c7ec7688e7e3137ab17","provisioning":"remote","certificatesIssued":8,"reportedLost":null,"attestationVersion":400,"attestationSecurityLevel":"TrustedEnvironment","keyMintVersion":400,"keyMintSecurityLevel":"TrustedEnvironment","verifiedBootState":"Verified","verifiedBootKey":"b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0","verifiedBootHash":"b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1","deviceLocked":true,"osVersion":160000,"osPatchLevel":202610,"vendorPatchLevel":20261005,"bootPatchLevel":20261001,"moduleHash":"0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d","purposes":[2],"noAuthRequired":true,"unknownTags":[],"packageNames":["io.appium.settings"],"versionCodes":{"io.appium.settings":192},"signatureDigests":["f1eacf2e8aee963bfe76b85163f653a396f9d27d262880edfbdddbb82928e24b"]}},"verifiedAt":1795795253959},{"format":"play-integrity","claims":{"version":1,"claims":{"platform":"android","package":"io.appium.settings","signers":["f1eacf2e8aee963bfe76b85163f653a396f9d27d262880edfbdddbb82928e24b"],"requestedAt":1795795253,"testResponse":false,"appRecognitionVerdict":"PLAY_RECOGNIZED","deviceRecognitionVerdict":["MEETS_BASIC_INTEGRITY","MEETS_DEVICE_INTEGRITY"],"versionCode":192,"appLicensingVerdict":"LICENSED"}},"verifiedAt":1795795253959}]', NULL, 0, NULL, '1-9I1qvAQkvbg-5B3NmlOJUMzB10WvWedlko-QMJqAk', 1795795253980, 1795795253980, NULL, NULL, 'android-key-attestation play-integrity');
INSERT INTO public.schema_steps VALUES (1, '0001-provisioning');
INSERT INTO public.schema_steps VALUES (2, '0002-keys-and-traces');
INSERT INTO public.schema_steps VALUES (3, '0003-live-code-and-probes');
INSERT INTO public.schema_steps VALUES (4, '0004-hardware-evidence');
INSERT INTO public.schema_steps VALUES (5, '0005-splits');
INSERT INTO public.schema_steps VALUES (6, '0006-status-list');
INSERT INTO public.schema_steps VALUES (7, '0007-expected-evidence');
INSERT INTO public.schema_steps VALUES (8, '0008-listed-signers');
INSERT INTO public.schema_steps VALUES (9, '0009-provenance');
INSERT INTO public.schema_steps VALUES (10, '0010-inquiries');
INSERT INTO public.schema_steps VALUES (11, '0011-upload-signers');
INSERT INTO public.schema_steps VALUES (12, '0012-teams');
INSERT INTO public.schema_steps VALUES (13, '0013-enrolment');
INSERT INTO public.schema_steps VALUES (14, '0014-short-lists');
INSERT INTO public.secrets VALUES ('sealing-check', '\x014c8349ff50dacf43e293e75ccea9e92631527a6fa78a0f00eb8608123f60d5f872b8e58efb503736bdce82fcc555e40de586');
INSERT INTO public.secrets VALUES ('epoch', '\x01e19bc160c2092d69a21545b38d84474681358e13c2bab622058298e084bf5cd93c793c4d342cb3f65748eb8fcc0a3ad7d37991f99bf7af84364c2b90');
INSERT INTO public.secrets VALUES ('pseudonym', '\x017599ac303fcb42da7d6a547c8aac24b0f08c2f277147da5e6f76416daa0a4bf847269ffaa9b45e7bc4163edef1f67ac427e3bd5b39d42f32cd0e0ebd');
INSERT INTO public.secrets VALUES ('play-integrity-keys:io.appium.settings', '\x01e0e6d7b702ebe7930f50c3bccd26734796ab61971488ef555b39c6f74dc26151cba50139f56a20e47d02c211c621923f0d694711e6fd857af150196140dab95ee15d788f745fc0f2550e3bdda2a61814b0bc805f2df0b6b76b84659a3f81db4a2e1dcbffc8a8171c3e28dc15db02f920d8278ca29bf1b7f353d6593423a74562f777a4b7837aa195a9d4c4baf20c83b855bf4e858f2e5f1508b613befe299489427455c4e091620b5e6ee355f51c4717054caadb190bcb7254e5f35b38c64bfd21909a803f760a728b8318a20a5b16d5183cb3b71f1158b581b5753f0b9b26ffd8cbe57f49d6c0');
INSERT INTO public.signing_keys VALUES ('fRJexYeBpKR-mE3M5hdJw66X1GpI65ZkT1joP_eFILo', 1, 'ES256', '\x0170042eba18730726fb89a31d01ce7009e845c1c941cf8d1aae92dd3bf4983b60410b0dc5eaa2bc032fddfe5fb0701ec5ac169ef350f3dc00ca7fbe6305e99f2c4bfb9b461d630d20013d68d57df083d52ab6781cace4fc542af39839e45e76f92028824b69dff34b19f9fc2dab7c9cab9cd7d7c4989ce1ce091efaa6a8075df5a9b6d9dd56bb3bf0955e7ba82cb40cf9382268c7b7b4af741f27f9500031f70c6bdc94969b7e', 1795795252000, 1795795252000, NULL);
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
ALTER TABLE ONLY public.api_origins
    ADD CONSTRAINT api_origins_key PRIMARY KEY (origin, audience);
ALTER TABLE ONLY public.apis
    ADD CONSTRAINT apis_pkey PRIMARY KEY (audience);
ALTER TABLE ONLY public.app_listed_signers
    ADD CONSTRAINT app_listed_signers_key PRIMARY KEY (app, sha256);
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
ALTER TABLE ONLY public.installation_names
    ADD CONSTRAINT installation_names_key PRIMARY KEY (app, thumbprint, name);
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
ALTER TABLE ONLY public.signs_of_life
    ADD CONSTRAINT signs_of_life_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.vendor_calls
    ADD CONSTRAINT vendor_calls_key PRIMARY KEY (app, vendor, day);
CREATE INDEX anchor_bans_by_time ON public.anchor_bans USING btree (created_at);
CREATE INDEX anchor_enrolments_by_day ON public.anchor_enrolments USING btree (day);
CREATE INDEX api_apps_by_app ON public.api_apps USING btree (app);
CREATE INDEX api_key_apps_by_app ON public.api_key_apps USING btree (app);
CREATE INDEX api_origins_by_audience ON public.api_origins USING btree (audience);
CREATE INDEX attestation_traces_by_kind ON public.attestation_traces USING btree (app, build, outcome, code, happened_at);
CREATE INDEX attestation_traces_by_time ON public.attestation_traces USING btree (happened_at, trace);
CREATE INDEX builds_by_retirement ON public.builds USING btree (retired_at);
CREATE INDEX installation_names_by_name ON public.installation_names USING btree (name, app);
CREATE INDEX installations_by_anchor ON public.installations USING btree (app, anchor_kind, anchor);
CREATE INDEX installations_by_formats ON public.installations USING btree (app, formats, seen_at);
CREATE INDEX installations_by_time ON public.installations USING btree (seen_at);
CREATE INDEX installations_to_ask ON public.installations USING btree (ask_at);
CREATE TRIGGER installations_formats BEFORE INSERT OR UPDATE OF evidence ON public.installations FOR EACH ROW EXECUTE FUNCTION public.note_formats();
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
ALTER TABLE ONLY public.api_origins
    ADD CONSTRAINT api_origins_audience_fkey FOREIGN KEY (audience) REFERENCES public.apis(audience) ON DELETE CASCADE;
ALTER TABLE ONLY public.app_listed_signers
    ADD CONSTRAINT app_listed_signers_app_fkey FOREIGN KEY (app) REFERENCES public.apps(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.app_signers
    ADD CONSTRAINT app_signers_app_fkey FOREIGN KEY (app) REFERENCES public.apps(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.build_segments
    ADD CONSTRAINT build_segments_build FOREIGN KEY (app, build) REFERENCES public.builds(app, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.builds
    ADD CONSTRAINT builds_app_fkey FOREIGN KEY (app) REFERENCES public.apps(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.installation_names
    ADD CONSTRAINT installation_names_of FOREIGN KEY (app, thumbprint) REFERENCES public.installations(app, thumbprint) ON DELETE CASCADE;
ALTER TABLE ONLY public.installations
    ADD CONSTRAINT installations_app_fkey FOREIGN KEY (app) REFERENCES public.apps(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.vendor_calls
    ADD CONSTRAINT vendor_calls_app_fkey FOREIGN KEY (app) REFERENCES public.apps(id) ON DELETE CASCADE;
