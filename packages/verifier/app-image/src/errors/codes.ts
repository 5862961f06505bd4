import type { ErrorTable } from '@assay/protocol'

/** Every code with which a build is refused. */
export const appImageCodes = {
  // The ZIP container
  ZIP_MALFORMED: {
    message: 'not a ZIP archive, or a damaged one',
    meaning:
      'The file is not a ZIP archive, is split over several disks, or has a broken directory or headers.',
    action: 'Check that the file is the APK, IPA or ZIP, and build it again.',
  },
  ZIP_TRUNCATED: {
    message: 'the file ends before what it refers to',
    meaning: 'The file ends early.',
    action: 'Copy or download it again.',
  },
  ZIP64_UNSUPPORTED: {
    message: 'ZIP64 archives are not supported',
    meaning: 'The archive is in ZIP64 format.',
    action: 'Build it without ZIP64: below 4 GiB and 65,536 entries.',
  },
  ZIP_TOO_MANY_ENTRIES: {
    message: 'the central directory holds more entries than it counts',
    meaning: 'The directory holds more entries than it counts, as archives with more than 65,535 do.',
    action: 'Put fewer files into the build.',
  },
  ZIP_DUPLICATE_ENTRY: {
    message: 'two entries have one name',
    meaning: 'Two entries have the same name, so readers would disagree about which counts.',
    action: 'Find the step that packs the file twice.',
  },
  ZIP_ENTRY_PATH: {
    message: 'the name of an entry is not a path inside the archive',
    meaning:
      'A name is empty, absolute, not UTF-8, or leads out of the archive; in an IPA also one that is not in its simplest form.',
    action: 'Rename the file; if it is not yours, distrust the build.',
  },
  ZIP_HEADER_MISMATCH: {
    message: 'a local header disagrees with the central directory',
    meaning: 'The name, length or checksum before an entry differs from the directory.',
    action: 'Build it again with a common tool; if it is not yours, distrust it.',
  },
  ZIP_OVERLAPPING_ENTRIES: {
    message: 'two entries share bytes',
    meaning: 'Entries share bytes with each other, the directory or the signing block.',
    action: 'As for `ZIP_HEADER_MISMATCH`.',
  },
  ZIP_ENCRYPTED: {
    message: 'an entry is encrypted',
    meaning: 'An entry is encrypted.',
    action: 'Build it without a password.',
  },
  ZIP_METHOD: {
    message: 'an entry is compressed by a method that is not supported',
    meaning:
      'An entry is compressed by something other than DEFLATE: Android reads it as DEFLATE, other tools do not.',
    action: 'Store or deflate every entry.',
  },
  ZIP_BOMB: {
    message: 'the entries are too large',
    meaning:
      'The archive unpacks to more than is allowed: 1 GiB for an entry, 4 GiB or 100 times the file for all of them, 32 MiB for the directory, or a manifest or signature file far beyond its usual size.',
    action: 'Make the build smaller; if it is not yours, distrust it.',
  },
  ZIP_ENTRY_CORRUPT: {
    message: 'the content of an entry is not as declared',
    meaning: 'The content of an entry does not unpack to its length and checksum.',
    action: 'Copy or build it again.',
  },
  // AndroidManifest.xml
  MANIFEST_MISSING: {
    message: 'the APK has no AndroidManifest.xml',
    meaning: 'There is no `AndroidManifest.xml`.',
    action:
      'Register the APK, AAB or set of APKs of the app, not a ZIP or folder of something else. The HTTP API takes a set as `application/x-android-apk-set` or `application/zip`.',
  },
  MANIFEST_MALFORMED: {
    message: 'AndroidManifest.xml is malformed',
    meaning:
      '`AndroidManifest.xml` is broken, lacks the package name, says something twice, or its version code is beyond 2^53.',
    action:
      'Build it again. If a packer or protector wrote the manifest, configure it to keep to the format.',
  },
  APK_IS_SPLIT: {
    message: 'the APK is one of several that make up the app',
    meaning:
      'The manifest names a `split`, or says that the app needs splits: the file is a part of an app, not a build.',
    action:
      'Register the app bundle, or all APKs of the app in one file (`.apks`, or the ZIP of the Play Console).',
  },
  BUILD_HOLDS_SECRET: {
    message: 'the code of the build holds a secret of Assay',
    meaning:
      'The file named holds an API key (`assay_…`) or a development secret (`assaydev_…`), which everyone who has the build can read.',
    action:
      'Revoke it at once (`assay key remove ID`, `assay development revoke ID`), take it out of the sources, and build again. An app needs no secret of Assay.',
  },
  // APK signatures
  APK_NOT_SIGNED: {
    message: 'the APK has no signature that these devices know',
    meaning: "The file has no signature that devices of the build's SDK levels know.",
    action: 'Sign the build (`apksigner sign`).',
  },
  APK_SIGNING_BLOCK_MALFORMED: {
    message: 'the APK Signing Block is malformed',
    meaning: 'The APK Signing Block is broken, or holds a block or signers more often than allowed.',
    action: 'Sign again.',
  },
  APK_SIGNATURE_INVALID: {
    message: 'a signature over the signed data is not valid',
    meaning: 'A signature of scheme v2 or later is missing or not valid.',
    action: 'Sign again; if it is not yours, distrust it.',
  },
  APK_SIGNATURE_ALGORITHM: {
    message: 'a signer has no signature of a known algorithm',
    meaning: 'No algorithm is known to all devices in range, or signatures and digests name different ones.',
    action: 'Sign with RSA or EC and SHA-256 with a current `apksigner`.',
  },
  APK_DIGEST_MISMATCH: {
    message: 'the content differs from what was signed',
    meaning: 'The content was changed after signing.',
    action: 'Sign as the last step, after `zipalign`; if it is not yours, it is tampered with.',
  },
  APK_CERTIFICATE: {
    message: 'a signing certificate is not usable',
    meaning:
      'A signing certificate cannot be read or does not match the key, or the schemes have different ones.',
    action: 'Sign all schemes in one run with one key.',
  },
  APK_SCHEME_STRIPPED: {
    message: 'a newer signature that an older one names is missing',
    meaning: 'An older signature names a newer one that is missing: somebody removed it.',
    action: 'Sign again; if it is not yours, distrust it.',
  },
  APK_SCHEME_TOO_OLD: {
    message: 'an APK of this target needs scheme v2 or later',
    meaning:
      'The APK is signed with scheme v1 only, although the target SDK level (30 or later) or the target sandbox requires v2.',
    action: 'Sign with scheme v2 or later.',
  },
  APK_SDK_RANGE: {
    message: 'the signers do not cover the SDK levels, each exactly once',
    meaning:
      'The signers of scheme v3 do not cover each SDK level exactly once, or state other levels than the signed ones.',
    action: 'Sign again with a current `apksigner`.',
  },
  APK_LINEAGE: {
    message: 'a proof of rotation is not valid',
    meaning: 'The proof of key rotation is broken, or does not lead to the signer.',
    action: 'Sign with the lineage file that `apksigner rotate` made.',
  },
  // JAR signatures (scheme v1)
  JAR_MANIFEST_MALFORMED: {
    message: 'the JAR manifest is malformed',
    meaning: '`META-INF/MANIFEST.MF` is missing or broken, or has two sections for one entry.',
    action: 'Sign again.',
  },
  JAR_SIGNATURE_FILE_MALFORMED: {
    message: 'a JAR signature file is malformed',
    meaning: 'A `.SF` file is empty, or has a digest that is not base64.',
    action: 'Sign again.',
  },
  JAR_SIGNATURE_BLOCK_MALFORMED: {
    message: 'a JAR signature block is malformed',
    meaning: 'A `.RSA`, `.DSA` or `.EC` file is not a signature of the required form.',
    action: 'Sign again.',
  },
  JAR_SIGNATURE_INVALID: {
    message: 'a JAR signature does not verify',
    meaning: 'A v1 signature does not verify, or is of a form that devices below SDK level 19 do not check.',
    action: 'Sign again; if it is not yours, distrust it.',
  },
  JAR_SIGNATURE_ALGORITHM: {
    message: 'a JAR signature uses an algorithm that not all platforms know',
    meaning: 'A v1 signature has an algorithm that some devices in range do not know.',
    action: 'Raise the minimum SDK level, or sign with an older algorithm.',
  },
  JAR_DIGEST_MISMATCH: {
    message: 'the content of an entry does not have its digest',
    meaning: 'An entry, or a section of the manifest, was changed after signing.',
    action: 'Sign as the last step; if it is not yours, it is tampered with.',
  },
  JAR_DIGEST_MISSING: {
    message: 'an entry has no digest in the JAR manifest',
    meaning: 'An entry or section has no digest that devices in range look at.',
    action: 'Sign again with a current `apksigner`.',
  },
  JAR_CERTIFICATE: {
    message: 'the certificate of a JAR signer is not usable',
    meaning:
      'The certificate of a v1 signer is missing, broken, not for signing or of another kind than the signature.',
    action: 'Sign with a proper signing certificate.',
  },
  JAR_TOO_MANY_SIGNERS: {
    message: 'there are too many JAR signers',
    meaning: 'More than 10 v1 signers.',
    action: 'Sign with fewer keys.',
  },
  JAR_ENTRY_MISSING: {
    message: 'the JAR manifest names an entry that is missing',
    meaning: 'The JAR manifest names an entry that does not exist: it was taken out after signing.',
    action: 'Sign as the last step.',
  },
  JAR_ENTRY_NOT_SIGNED: {
    message: 'an entry is not signed',
    meaning: 'An entry is not signed: it was put in after signing.',
    action: 'Sign as the last step; if it is not yours, it is tampered with.',
  },
  JAR_SIGNERS_DIFFER: {
    message: 'entries are covered by different JAR signers',
    meaning: 'Entries are signed by different v1 signers.',
    action: 'Sign everything in one run.',
  },
  // App bundles and sets of split APKs
  AAB_LAYOUT: {
    message: 'the bundle does not have the layout of one',
    meaning:
      'The bundle has no `base` module, more than 100 modules, a folder that is not a module, or two files that become one.',
    action: 'Build it with the Android Gradle plugin; register an APK as one.',
  },
  AAB_MODULES_DISAGREE: {
    message: 'the modules are of different apps or versions',
    meaning: 'The modules are of different apps or versions.',
    action: 'Build the bundle again.',
  },
  AAB_MODULE_FUSED: {
    message: 'a feature module is fused into the base APK, where its code has other names',
    meaning: 'A feature module is packed into the base when APKs are made, where its code has other names.',
    action:
      'Register the `.apks` that bundletool makes, or declare `<dist:removable dist:value="true"/>` in the module.',
  },
  AAB_TARGETED_CODE: {
    message: 'code is in a folder that differs between devices',
    meaning: 'A folder that differs between devices (`assets/www#lang_en/`) holds code.',
    action: 'Put code where every device gets it.',
  },
  SPLITS_LAYOUT: {
    message: 'the file does not hold one set of split APKs',
    meaning:
      'The file holds no split APKs, more than 1,000, no base, or a split whose name is not that of a module.',
    action:
      'Register what `bundletool build-apks` writes, or the ZIP of APKs for a device that the Play Console hands out.',
  },
  SPLITS_DISAGREE: {
    message: 'the splits are of different apps, versions or signers',
    meaning: 'The splits are of different apps, versions or signers.',
    action: 'Register the splits of one build.',
  },
  SPLITS_CODE_DIFFERS: {
    message: 'two splits hold different code',
    meaning:
      'Two variants of a split hold different code, or code under different names, so that devices would measure differently.',
    action: 'Build the set again, from one bundle.',
  },
  // IPA
  IPA_LAYOUT: {
    message: 'the file does not hold exactly one app',
    meaning:
      'There is not exactly one `Payload/<Name>.app`, something else is in `Payload`, or a script, property list or the executable is a symbolic link.',
    action: 'Export the IPA with Xcode, or zip the one folder `Payload`.',
  },
  IPA_INFO_MISSING: {
    message: 'the app has no Info.plist',
    meaning: 'The app has no `Info.plist`.',
    action: 'Register the exported app, not a framework or an extension.',
  },
  IPA_INFO_MALFORMED: {
    message: 'Info.plist is malformed',
    meaning:
      '`Info.plist` is not a property list in binary or XML, has a key twice, declares entities, is nested too deep, or names no bundle id.',
    action: 'Build it again with Xcode; if it is not yours, distrust it.',
  },
  IPA_PLATFORM: {
    message: 'the app is built for another system than iOS',
    meaning: 'The app is built for a system other than iOS.',
    action: 'Export it for iOS.',
  },
  IPA_PROFILE_MALFORMED: {
    message: 'the provisioning profile is malformed',
    meaning: '`embedded.mobileprovision` is not a CMS with a property list of entitlements in it.',
    action: 'Export the IPA again; if it is not yours, distrust it.',
  },
  IPA_NOTHING_TO_MEASURE: {
    message: 'the app holds no file of this coverage that reaches devices as it is',
    meaning: 'The app holds no script, or for the coverage `image` no file, that reaches devices as it is.',
    action: 'Register it with `--coverage image`; the executables in memory are measured as well.',
  },
  IPA_NAMES_ALIKE: {
    message: 'two resources have names that a Mac takes for equal',
    meaning:
      'Two resources or folders of the app have paths that differ only in letter case or in Unicode normalisation: on a Mac one hides the other.',
    action: 'Rename one of them.',
  },
  IPA_EXECUTABLE_MISSING: {
    message: 'the app lacks the executable that Info.plist names',
    meaning:
      '`Info.plist` names no executable (`CFBundleExecutable`), or one that is not at the top of the app.',
    action: 'Export the IPA again with Xcode.',
  },
  IPA_TEAM_MISMATCH: {
    message: 'the executable is not signed by the team of the provisioning profile',
    meaning:
      'The executable is signed by a team other than that of its provisioning profile, or its slices by different teams.',
    action: 'Sign the app again, all of it, with the certificate of the profile.',
  },
  IPA_INFO_CHANGED: {
    message: 'Info.plist is not the one that the app was signed with',
    meaning: '`Info.plist` is not the one that the code signature names: it was changed after signing.',
    action: 'Sign as the last step; if it is not yours, it is tampered with.',
  },
  IPA_RESOURCES_MALFORMED: {
    message: 'the list of signed files is malformed',
    meaning:
      '`_CodeSignature/CodeResources` is not a property list, or names a file twice or with something other than one hash, link or signature.',
    action: 'Sign again.',
  },
  IPA_RESOURCES_CHANGED: {
    message: 'the list of signed files is not the one that the app was signed with',
    meaning: '`_CodeSignature/CodeResources` is missing, or not the one that the code signature names.',
    action: 'Sign as the last step; if it is not yours, it is tampered with.',
  },
  IPA_FILE_CHANGED: {
    message: 'a file of the app is not the one that was signed',
    meaning: 'A file, link, framework or extension of the app is not the one that was signed.',
    action: 'Sign as the last step; if it is not yours, it is tampered with.',
  },
  IPA_FILE_MISSING: {
    message: 'a file of the app that was signed is missing',
    meaning: 'A file that was signed is not in the app: it was taken out after signing.',
    action: 'Sign as the last step; if it is not yours, it is tampered with.',
  },
  IPA_FILE_NOT_SEALED: {
    message: 'the app holds a file that was not signed',
    meaning:
      'The app holds a file that was not signed: it was put in after signing, or left out by rules of your own.',
    action: 'Sign as the last step, without resource rules; if it is not yours, it is tampered with.',
  },
  // Mach-O executables and their code signatures
  MACHO_MALFORMED: {
    message: 'the executable is malformed',
    meaning:
      'The executable is not a Mach-O, or its universal header or load commands are broken, overlap or name a processor twice.',
    action: 'Build it again; if it is not yours, distrust it.',
  },
  MACHO_NOT_SIGNED: {
    message: 'the executable, or a slice of it, has no code signature',
    meaning: 'Some slices of the executable carry a code signature and others do not.',
    action: 'Sign after `lipo`, not before.',
  },
  MACHO_SIGNATURE_MALFORMED: {
    message: 'the code signature is malformed',
    meaning: 'The code signature is broken, or a part of it lies outside of it or over another.',
    action: 'Sign again.',
  },
  MACHO_HASH_TYPE: {
    message: 'a CodeDirectory has hashes of an unknown type',
    meaning: 'The code signature has hashes other than SHA-1, SHA-256 and SHA-384.',
    action: 'Sign again with a current `codesign`.',
  },
  MACHO_CODE_NOT_COVERED: {
    message: 'a code signature covers more or less than the code before it',
    meaning: 'The code signature is for fewer or more bytes than precede it.',
    action: 'Sign again; if it is not yours, distrust it.',
  },
  MACHO_PAGE_MISMATCH: {
    message: 'a page of the executable is not the one that was signed',
    meaning: 'A page of the executable is not the one that was signed: it was changed after signing.',
    action: 'Sign as the last step; if it is not yours, it is tampered with.',
  },
  MACHO_COMPONENT_MISMATCH: {
    message: 'a part of a code signature is not the one that was signed',
    meaning: 'Entitlements or requirements in the code signature are not the ones that were signed.',
    action: 'Sign as the last step; if it is not yours, it is tampered with.',
  },
  MACHO_SIGNATURE_INVALID: {
    message: 'the code signature does not verify',
    meaning: 'The CMS signature is not over this CodeDirectory, does not verify, or lacks its certificate.',
    action: 'Sign again; if it is not yours, it is tampered with.',
  },
  // Web builds
  WEB_NO_SCRIPT: {
    message: 'the build holds no script and no page',
    meaning: 'The folder or ZIP holds no script, WebAssembly or page: nothing to measure.',
    action: 'Register the output of the build, not its sources or assets.',
  },
  WEB_IMPORT_MAP: {
    message: 'the import map of a page cannot be relied on',
    meaning:
      'For the coverage `entry`: the import map of the page named is malformed, comes after a module or another map, has `scopes` or prefixes, or pins other files than that of another page. A page without a map pins nothing; a document in `srcdoc` counts as a page.',
    action:
      'Put one and the same import map before all modules and `modulepreload` of each page that runs anything: classic scripts, handlers and `javascript:` URLs, too.',
  },
  WEB_NOT_PINNED: {
    message: 'a module that is loaded later is not pinned',
    meaning:
      'For the coverage `entry`: a page imports the file named after its start, and no `integrity` in its import map pins it.',
    action: "Add the file's digest to `integrity`, or register the build with the coverage `image`.",
  },
  WEB_PIN_WRONG: {
    message: 'an import map pins other bytes, or another URL, than the build has',
    meaning:
      'For the coverage `entry`: `integrity` gives no single SHA-256, SHA-384 or SHA-512 of the file named, or gives it for another URL than the one by which a module imports the file (`/%40a.js` is not `/@a.js`, and not `/@a.js?v=1`), or modules import the file by more than 16 URLs; a page is named where no file lies at the URL.',
    action:
      'Write the import map last, after whatever changes scripts, with URLs as the modules import them; `@assay/web-build` does.',
  },
  WEB_PIN_NOT_LAZY: {
    message: 'an import map pins a file that has to be measured',
    meaning:
      'For the coverage `entry`: the page loads the file named at its start, or a worker imports it, where no import map holds.',
    action: 'Leave the file out of `integrity`.',
  },
  WEB_SDK_LAZY: {
    message: 'the SDK lies in a module that is not measured',
    meaning:
      'For the coverage `entry`: the file named holds the SDK, or a part of it, and pages load it later, so that neither its functions nor its probes are asked for anything.',
    action:
      "Import the module that creates the client in the app's first script (`import './assay.js'` in `main.jsx`), so that the page loads the SDK at its start; or register the build with the coverage `image`.",
  },
  WEB_DOCUMENT_CODE: {
    message: 'a document that is no HTML page runs scripts',
    meaning:
      'For the coverage `entry`: the SVG, XML or XHTML file named, or a page whose name does not say that it is one, has scripts, handlers or entities, and no import map holds what they load.',
    action:
      'Take the scripts out of the file, or make it a page (`.html`) with the import map. Otherwise register the build with the coverage `image`.',
  },
  WEB_BUILD_FILE: {
    message: 'assay-build.json cannot be relied on',
    meaning:
      'The `assay-build.json` of the folder is no JSON object, is longer than 4 MiB, or lists as a service worker what is no script of the folder.',
    action:
      'Let the plugin or `assay build stamp` write it as the last step, and change no file after that; without either, delete it.',
  },
  WEB_WORKER_LOADED: {
    message: 'a script that is listed as a service worker is loaded by a page',
    meaning:
      '`assay-build.json` lists the file named as a service worker, or as imported by service workers alone, which are not measured; but a page loads it, too.',
    action: 'Build or stamp the folder again with the same release of Assay as the service.',
  },
  WEB_TOO_MANY_FILES: {
    message: 'the folder holds too many files',
    meaning: 'The folder holds more than 65,535 files.',
    action: 'Register the output only, without `node_modules` and the like.',
  },
} as const satisfies ErrorTable
