/**
 * What is known to change an app after its release was built: options of stores, and services that harden apps. This
 * table is all that the CLI and the console know about it; each row says where that is from.
 *
 * It explains differences and decides nothing: anyone can give a file one of these names.
 *
 * As of 2026-12-01. None of it was seen on a device by the project.
 */
export const wrappers: readonly Wrapper[] = [
  {
    id: 'play-automatic-protection',
    name: 'Google Play’s automatic protection',
    libraries: /^libpairip(?:core)?\.so$/,
    classes: ['Lcom/pairip/'],
    changesDexOnly: true,
    does: 'an option of the Play Console: after the upload it changes dex files, adds classes and usually `libpairipcore.so`',
    action:
      'Turn the option off for the release (Play Console, App integrity, Automatic protection), or register what Google Play made of the bundle beside it: download it from the App bundle explorer, compare it with `assay build diff BUILD --file device.zip`, and add it with `assay build add device.zip --id BUILD --variant NAME`.',
    sources: [
      'https://support.google.com/googleplay/android-developer/answer/10183279',
      'https://github.com/rednaga/APKiD/issues/329',
      'https://github.com/rednaga/APKiD/issues/495',
      'https://github.com/LibChecker/LibChecker-Rules/issues/849',
    ],
  },
  {
    id: 'amazon-appstore',
    name: 'the wrapper of the Amazon Appstore',
    classes: ['Lcom/amazon/android/Kiwi;', 'Lcom/amazon/mas/kiwi/'],
    changesDexOnly: true,
    does: 'a step of the store: it adds classes, and signs the app with a key of its own',
    action:
      'Build with the Appstore SDK, for which Amazon says that it adds no wrapper, or register the APK that a device got from the store, as a build of an app of its own.',
    sources: [
      'https://developer.amazon.com/docs/in-app-purchasing/drm-android.html',
      'https://docs.onespan.com/docs/fr/troubleshooting-re-packaging',
    ],
  },
  hardening('qihoo-jiagu', '360 Jiagu', /^libjiagu(?:_\w+)?\.so$|^libprotectClass\.so$/, [
    'Lcom/stub/StubApp;',
  ]),
  hardening('tencent-legu', 'Tencent Legu', /^libshell(?:a|x|-super)[-.\w]*\.so$|^libtup\.so$/, [
    'Lcom/tencent/StubShell/',
  ]),
  hardening('bangcle', 'Bangcle (SecNeo)', /^lib(?:secexe|secmain|SecShell|DexHelper)(?:-x86)?\.so$/, [
    'Lcom/secneo/apkwrapper/',
    'Lcom/secshell/',
  ]),
  hardening('ijiami', 'Ijiami', /^libexecmain\.so$|^libijm\w*\.so$/, ['Ls/h/e/l/l/']),
  hardening('netease-yidun', 'NetEase Yidun', /^libnesec\.so$/, ['Lcom/netease/nis/wrapper/']),
  hardening('baidu', 'Baidu', /^libbaiduprotect\w*\.so$/, []),
  hardening('alibaba', 'Alibaba', /^libmobisec\.so$/, []),
  hardening('appsealing', 'AppSealing', /^libcovault(?:-appsec)?\.so$/, []),
]

/** A row of the table. */
export interface Wrapper {
  readonly id: string
  /** For sentences: `what differs is what … adds`. */
  readonly name: string
  /** File names of native libraries that it adds. */
  readonly libraries?: RegExp
  /** Descriptors of classes that it adds, as a dex file has them, or how they begin. */
  readonly classes: readonly string[]
  /** Whether a form of it changes dex files and adds no library. */
  readonly changesDexOnly: boolean
  /** What it is, and what it does to an app. */
  readonly does: string
  /** What an operator does about it. */
  readonly action: string
  /** Pages that the row is from. */
  readonly sources: readonly [string, ...string[]]
}

/** A service to which a developer, or a store, gives the app before devices get it. */
function hardening(id: string, by: string, libraries: RegExp, classes: readonly string[]): Wrapper {
  return {
    id,
    name: `the hardening of ${by}`,
    libraries,
    classes,
    changesDexOnly: false,
    does: 'a service that packs an app anew, with its code encrypted and a loader beside it',
    action:
      'Register the file that the service hands back, after it is signed, and not the one that was given to it. Where a store hardens the app after the upload, turn that off.',
    sources: [
      'https://github.com/rednaga/APKiD/blob/master/apkid/rules/apk/packers.yara',
      'https://github.com/moyuwa/ApkCheckPack/blob/main/doc/apkpackdata.json',
      'https://github.com/msyzzz/PkDroid/blob/master/pack_list.py',
    ],
  }
}
