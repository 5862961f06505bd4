import type { BuildWarning } from '@assay/protocol'

export function explain(warning: BuildWarning): string {
  switch (warning) {
    case 'debuggable':
      return 'the build is debuggable: anyone can attach a debugger to it'
    case 'built_for_simulator':
      return 'the build is for the simulator: no device and no store accepts it, and it has no hardware evidence'
    case 'test_only':
      return 'the build is marked testOnly: stores refuse it'
    case 'signed_with_debug_certificate':
      return 'the build is signed with a debug or public test certificate, whose key anyone may have'
    case 'signed_with_v1_only':
      return 'the build is signed with scheme v1 only, which does not cover the whole file'
    case 'no_sdk_segment':
      return 'no Assay SDK was found in the scripts of the build: it is measured without live code and probes'
    case 'sdk_manifest_incomplete':
      return 'not all functions of the Assay SDK were found, once each, or this service does not know its version: the build is measured without live code and probes'
    case 'new_signer_recorded':
      return 'the signing certificate was new for this app and has been recorded'
    case 'signer_unknown':
      return 'the file does not say who signs what the store delivers: list the certificates with the app'
    case 'signer_not_apple':
      return 'the IPA is not signed with a certificate of Apple for developers: nothing tells whose it is'
    case 'new_team_recorded':
      return 'the team that signed the IPA was new for this app and has been recorded'
    case 'files_not_sealed':
      return 'the signature of the IPA does not speak for every file in it, by SHA-256: it vouches for nothing'
    case 'code_missing':
      return 'another build of this version code has code that this one has not: it may be a part of the app'
    case 'sdk_missing':
      return 'builds of this app had the Assay SDK before, and this one has not'
    case 'code_compressed':
      return 'more than 16 MB of code are compressed, which phones inflate at each start: store it uncompressed (docs/guides/android.md)'
    case 'named_like_a_tool':
      return 'a library of the build has a name of a hooking tool, for which devices are refused where it is not measured: rename it (docs/probes.md)'
    case 'signing_certificate_new':
      return 'the IPA is signed with another certificate of the team than those before it'
    case 'modules_not_measured':
      return 'devices need not have some feature modules, which are not measured'
    case 'service_worker_not_measured':
      return 'service workers are not measured, because a page cannot tell which version of its worker answers it: the claim `serviceWorker` says so'
    case 'text_not_measured':
      return 'machine code is not measured: an executable is encrypted (register the IPA that Xcode exports), has two slices for 64-bit ARM, or there are too many sections'
  }
}
