import type { CodeExplanation } from './code-explanation.ts'

/** Written by a test from the section "Refused builds" of docs/errors.md. */
export const refusedBuilds: Readonly<Record<string, CodeExplanation>> = {
  ZIP_MALFORMED: {
    meaning: 'Not a ZIP archive, split over several disks, or its directory or headers are broken.',
    action: 'Check that the file is the APK, IPA or ZIP, and build it again.',
  },
  ZIP_TRUNCATED: { meaning: 'The file ends early.', action: 'Copy or download it again.' },
  ZIP64_UNSUPPORTED: {
    meaning: 'The archive is in ZIP64 format.',
    action: 'Build it without ZIP64: below 4 GiB and 65,536 entries.',
  },
  ZIP_TOO_MANY_ENTRIES: {
    meaning: 'The directory holds more entries than it counts, as above 65,535.',
    action: 'Put fewer files into the build.',
  },
  ZIP_DUPLICATE_ENTRY: {
    meaning: 'Two entries have one name: readers would disagree about which counts.',
    action: 'Find the step that packs the file twice.',
  },
  ZIP_ENTRY_PATH: {
    meaning:
      'A name is empty, absolute, not UTF-8, or leads out of the archive; in an IPA also one that is not in its simplest form.',
    action: 'Rename the file; if it is not yours, distrust the build.',
  },
  ZIP_HEADER_MISMATCH: {
    meaning: 'Name, length or checksum before an entry is not what the directory says.',
    action: 'Build it again with a common tool; if it is not yours, distrust it.',
  },
  ZIP_OVERLAPPING_ENTRIES: {
    meaning: 'Entries share bytes with each other, the directory or the signing block.',
    action: 'As for `ZIP_HEADER_MISMATCH`.',
  },
  ZIP_ENCRYPTED: { meaning: 'An entry is encrypted.', action: 'Build it without a password.' },
  ZIP_METHOD: {
    meaning:
      'An entry is compressed by something else than DEFLATE: Android reads it as DEFLATE, other tools do not.',
    action: 'Pack entries stored or deflated.',
  },
  ZIP_BOMB: {
    meaning:
      'Larger unpacked than admitted: an entry 1 GiB, all 4 GiB or 100 times the file, the directory 32 MiB, or a manifest or signature file far beyond its size.',
    action: 'Make the build smaller; if it is not yours, distrust it.',
  },
  ZIP_ENTRY_CORRUPT: {
    meaning: 'The content of an entry does not unpack to its length and checksum.',
    action: 'Copy or build it again.',
  },
  MANIFEST_MISSING: {
    meaning: 'There is no `AndroidManifest.xml`.',
    action: 'Register the APK, not a bundle (AAB), ZIP or folder of something else.',
  },
  MANIFEST_MALFORMED: {
    meaning:
      '`AndroidManifest.xml` is broken, lacks the package name, says something twice, or its version code is beyond 2^53.',
    action:
      'Build it again. If a packer or protector wrote the manifest, configure it to keep to the format.',
  },
  APK_NOT_SIGNED: {
    meaning: "There is no signature that devices of the build's SDK levels know.",
    action: 'Sign the build (`apksigner sign`).',
  },
  APK_SIGNING_BLOCK_MALFORMED: {
    meaning: 'The APK Signing Block is broken, or holds a block or signers more often than allowed.',
    action: 'Sign again.',
  },
  APK_SIGNATURE_INVALID: {
    meaning: 'A signature of scheme v2 or later is missing or not valid.',
    action: 'Sign again; if it is not yours, distrust it.',
  },
  APK_SIGNATURE_ALGORITHM: {
    meaning: 'No algorithm that all devices in range know, or signatures and digests name different ones.',
    action: 'Sign with RSA or EC and SHA-256 by a current `apksigner`.',
  },
  APK_DIGEST_MISMATCH: {
    meaning: 'The content was changed after signing.',
    action: 'Sign as the last step, after `zipalign`; if it is not yours, it is tampered with.',
  },
  APK_CERTIFICATE: {
    meaning:
      'A signing certificate cannot be read, is not that of the key, or the schemes have different ones.',
    action: 'Sign all schemes in one run with one key.',
  },
  APK_SCHEME_STRIPPED: {
    meaning: 'An older signature names a newer one that is missing: somebody took it away.',
    action: 'Sign again; if it is not yours, distrust it.',
  },
  APK_SCHEME_TOO_OLD: {
    meaning:
      'Signed with scheme v1 only, although the target SDK level (30 or later) or the target sandbox demands v2.',
    action: 'Sign with scheme v2 or later.',
  },
  APK_SDK_RANGE: {
    meaning:
      'The signers of scheme v3 do not cover each SDK level exactly once, or their levels are not the signed ones.',
    action: 'Sign again by a current `apksigner`.',
  },
  APK_LINEAGE: {
    meaning: 'The proof of key rotation is broken, or does not lead to the signer.',
    action: 'Sign with the lineage file that `apksigner rotate` made.',
  },
  JAR_MANIFEST_MALFORMED: {
    meaning: '`META-INF/MANIFEST.MF` is missing or broken, or has two sections for one entry.',
    action: 'Sign again.',
  },
  JAR_SIGNATURE_FILE_MALFORMED: {
    meaning: 'A `.SF` file is empty, or has a digest that is not base64.',
    action: 'Sign again.',
  },
  JAR_SIGNATURE_BLOCK_MALFORMED: {
    meaning: 'A `.RSA`, `.DSA` or `.EC` file is not a signature of the required form.',
    action: 'Sign again.',
  },
  JAR_SIGNATURE_INVALID: {
    meaning: 'A v1 signature does not verify, or is of a form that devices below SDK level 19 do not check.',
    action: 'Sign again; if it is not yours, distrust it.',
  },
  JAR_SIGNATURE_ALGORITHM: {
    meaning: 'A v1 signature has an algorithm that not all devices in range know.',
    action: 'Raise the minimum SDK level, or sign with an older algorithm.',
  },
  JAR_DIGEST_MISMATCH: {
    meaning: 'An entry, or a section of the manifest, was changed after signing.',
    action: 'Sign as the last step; if it is not yours, it is tampered with.',
  },
  JAR_DIGEST_MISSING: {
    meaning: 'An entry or section has no digest that devices in range look at.',
    action: 'Sign again by a current `apksigner`.',
  },
  JAR_CERTIFICATE: {
    meaning:
      'The certificate of a v1 signer is missing, broken, not for signing or of another kind than the signature.',
    action: 'Sign with a proper signing certificate.',
  },
  JAR_TOO_MANY_SIGNERS: { meaning: 'More than 10 v1 signers.', action: 'Sign with fewer keys.' },
  JAR_ENTRY_MISSING: {
    meaning: 'The JAR manifest names an entry that is not there: it was taken out after signing.',
    action: 'Sign as the last step.',
  },
  JAR_ENTRY_NOT_SIGNED: {
    meaning: 'An entry is not signed: it was put in after signing.',
    action: 'Sign as the last step; if it is not yours, it is tampered with.',
  },
  JAR_SIGNERS_DIFFER: {
    meaning: 'Entries are signed by different v1 signers.',
    action: 'Sign everything in one run.',
  },
  IPA_LAYOUT: {
    meaning:
      'There is not exactly one `Payload/<Name>.app`, something else stands in `Payload`, or a script, property list or the executable is a symbolic link.',
    action: 'Export the IPA with Xcode, or zip the one folder `Payload`.',
  },
  IPA_INFO_MISSING: {
    meaning: 'The app has no `Info.plist`.',
    action: 'Register the exported app, not a framework or an extension.',
  },
  IPA_INFO_MALFORMED: {
    meaning:
      '`Info.plist` is no property list in binary or XML, has a key twice, declares entities, is nested too deep, or names no bundle id.',
    action: 'Build it again with Xcode; if it is not yours, distrust it.',
  },
  IPA_PLATFORM: { meaning: 'The app is built for another system than iOS.', action: 'Export it for iOS.' },
  IPA_PROFILE_MALFORMED: {
    meaning: '`embedded.mobileprovision` is no CMS with a property list of entitlements in it.',
    action: 'Export the IPA again; if it is not yours, distrust it.',
  },
  AAB_LAYOUT: {
    meaning:
      'The bundle has no `base` module, more than 100 modules, a folder that is none, or two files that become one.',
    action: 'Build it with the Android Gradle plugin; register an APK as one.',
  },
  AAB_MODULES_DISAGREE: {
    meaning: 'The modules are of different apps or versions.',
    action: 'Build the bundle again.',
  },
  AAB_MODULE_FUSED: {
    meaning: 'A feature module is packed into the base when APKs are made, where its code has other names.',
    action:
      'Register the `.apks` that bundletool makes, or say `<dist:removable dist:value="true"/>` of the module.',
  },
  AAB_TARGETED_CODE: {
    meaning: 'Code lies in a folder of which devices get different ones (`assets/www#lang_en/`).',
    action: 'Put code where every device gets it.',
  },
  SPLITS_LAYOUT: {
    meaning:
      'The file holds no split APKs, more than 1,000, no base, or a split that has not the name of a module.',
    action: 'Register what `bundletool build-apks` writes.',
  },
  SPLITS_DISAGREE: {
    meaning: 'The splits are of different apps, versions or signers.',
    action: 'Register the splits of one build.',
  },
  SPLITS_CODE_DIFFERS: {
    meaning: 'Two splits hold different code of one name, so that devices would measure differently.',
    action: 'Build the set again, of one bundle.',
  },
  IPA_NOTHING_TO_MEASURE: {
    meaning: 'The app holds no script, or for the coverage `image` no file, that reaches devices as it is.',
    action: 'Register it with `--coverage image`; the executables in memory are measured beside that.',
  },
  IPA_EXECUTABLE_MISSING: {
    meaning:
      '`Info.plist` names no executable (`CFBundleExecutable`), or one that is not at the top of the app.',
    action: 'Export the IPA again with Xcode.',
  },
  IPA_TEAM_MISMATCH: {
    meaning:
      'The executable is signed by another team than its provisioning profile is for, or its slices by different ones.',
    action: 'Sign the app again, all of it, with the certificate of the profile.',
  },
  MACHO_MALFORMED: {
    meaning:
      'The executable is no Mach-O, or its universal header or load commands are broken, overlap or name a processor twice.',
    action: 'Build it again; if it is not yours, distrust it.',
  },
  MACHO_NOT_SIGNED: {
    meaning: 'Some slices of the executable carry a code signature and others do not.',
    action: 'Sign after `lipo`, not before.',
  },
  MACHO_SIGNATURE_MALFORMED: {
    meaning: 'The code signature is broken, or a part of it lies outside of it or over another.',
    action: 'Sign again.',
  },
  MACHO_HASH_TYPE: {
    meaning: 'The code signature has hashes other than SHA-1, SHA-256 and SHA-384.',
    action: 'Sign again by a current `codesign`.',
  },
  MACHO_CODE_NOT_COVERED: {
    meaning: 'The code signature is for fewer or more bytes than stand before it.',
    action: 'Sign again; if it is not yours, distrust it.',
  },
  MACHO_PAGE_MISMATCH: {
    meaning: 'A page of the executable is not the one that was signed: it was changed after signing.',
    action: 'Sign as the last step; if it is not yours, it is tampered with.',
  },
  MACHO_COMPONENT_MISMATCH: {
    meaning: 'Entitlements or requirements in the code signature are not the ones that were signed.',
    action: 'Sign as the last step; if it is not yours, it is tampered with.',
  },
  MACHO_SIGNATURE_INVALID: {
    meaning: 'The CMS signature is not over this CodeDirectory, does not verify, or lacks its certificate.',
    action: 'Sign again; if it is not yours, it is tampered with.',
  },
  WEB_NO_SCRIPT: {
    meaning: 'The folder or ZIP holds no script, WebAssembly or page: nothing to measure.',
    action: 'Register the output of the build, not its sources or assets.',
  },
  WEB_TOO_MANY_FILES: {
    meaning: 'The folder holds more than 65,535 files.',
    action: 'Register the output only, without `node_modules` and the like.',
  },
  BUILD_READING_TIME: {
    meaning: 'Reading the build took longer than `limits.buildReading` (60 s).',
    action: 'Try again when the machine is idle. If it stays, raise the limit, or distrust the file.',
  },
  BUILD_READING_MEMORY: {
    meaning: 'Reading the build took more memory than `limits.buildMemory` (512 MiB).',
    action: 'Raise the limit, or distrust the file: memory does not grow with the size of an honest one.',
  },
}
