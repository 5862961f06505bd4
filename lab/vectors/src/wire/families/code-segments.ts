import { accept, refuse, type Case, type Family } from '../case/case.ts'
import { base64url } from '../material/bytes.ts'

const hermes = base64url(Uint8Array.of(0xc6, 0x1f, 0xbc, 0x03, 0xc1, 0x03, 0x19, 0x1f))
const hermesDelta = base64url(Uint8Array.of(0x39, 0xe0, 0x43, 0xfc, 0x3e, 0xfc, 0xe6, 0xe0))
const script = base64url('(()=>{})')

type Format = 'apk' | 'ipa' | 'web'

const kinds: readonly [Format, string, string][] = [
  ['apk', 'classes.dex', 'dex'],
  ['apk', 'classes2.dex', 'dex'],
  ['apk', 'classes12.dex', 'dex'],
  ['apk', 'assets/plugin.dex', 'dex'],
  ['apk', 'assets/a/b/plugin.dex', 'dex'],
  ['apk', 'lib/arm64-v8a/libapp.so', 'native'],
  ['apk', 'lib/x86_64/libc++_shared.so', 'native'],
  ['apk', 'assemblies/App.dll', 'native'],
  ['apk', 'assemblies/a/App.dll', 'native'],
  ['apk', 'assemblies/assemblies.blob', 'native'],
  ['apk', 'assets/bin/Data/Managed/Assembly-CSharp.dll', 'native'],
  ['apk', 'assets/index.android.bundle', 'script'],
  ['apk', 'assets/www/index.html', 'script'],
  ['apk', 'assets/www/index.htm', 'script'],
  ['apk', 'assets/www/page.xhtml', 'script'],
  ['apk', 'assets/www/app.js', 'script'],
  ['apk', 'assets/www/app.mjs', 'script'],
  ['apk', 'assets/www/app.cjs', 'script'],
  ['apk', 'assets/www/app.jsx', 'script'],
  ['apk', 'assets/www/APP.JS', 'script'],
  ['apk', 'assets/www/core.wasm', 'script'],
  ['apk', 'assets/app.hbc', 'script'],
  ['apk', 'assets/.js', 'script'],
  ['ipa', 'main.jsbundle', 'script'],
  ['ipa', 'www/index.html', 'script'],
  ['ipa', 'Frameworks/A.framework/b.js', 'script'],
  ['ipa', 'plugins/a.js', 'script'],
  ['ipa', 'a/PlugIns/b.js', 'script'],
  ['web', 'index.html', 'script'],
  ['web', 'assets/app-1a2b.js', 'script'],
  ['web', 'assets/\u00fcber.mjs', 'script'],
  ['web', 'core.WASM', 'script'],
]

const others: readonly [Format, string][] = [
  ['apk', ''],
  ['apk', 'AndroidManifest.xml'],
  ['apk', 'resources.arsc'],
  ['apk', 'META-INF/CERT.RSA'],
  ['apk', 'Classes.dex'],
  ['apk', 'classes.dex.bak'],
  ['apk', 'a/classes.dex'],
  ['apk', 'classesx.dex'],
  ['apk', 'classes.DEX'],
  ['apk', 'classes\u0662.dex'],
  ['apk', 'plugin.dex'],
  ['apk', 'lib/libapp.so'],
  ['apk', 'lib/arm64-v8a/a/libapp.so'],
  ['apk', 'lib/arm64-v8a/libapp.so.1'],
  ['apk', 'lib/arm64-v8a/.so/'],
  ['apk', 'libs/arm64-v8a/libapp.so'],
  ['apk', 'assemblies/App.exe'],
  ['apk', 'assets/bin/Data/Managed/a.txt'],
  ['apk', 'index.js'],
  ['apk', 'res/raw/app.js'],
  ['apk', 'assets/app.js.map'],
  ['apk', 'assets/app.ts'],
  ['apk', 'assets/js'],
  ['apk', 'assets/appjs'],
  ['apk', 'assets/app.js '],
  ['ipa', 'Info.plist'],
  ['ipa', 'Frameworks/A.framework/Info.plist'],
  ['ipa', 'Frameworks/A.framework/_CodeSignature/CodeResources'],
  ['ipa', 'PkgInfo'],
  ['ipa', 'embedded.mobileprovision'],
  ['ipa', 'Assets.car'],
  ['ipa', 'icon.PNG'],
  ['ipa', 'OnDemandResources/a/a.js'],
  ['ipa', 'PlugIns/Share.appex/main.jsbundle'],
  ['ipa', 'Extensions/a.appex/a.js'],
  ['ipa', 'Watch/W.app/main.jsbundle'],
  ['ipa', 'AppClips/C.app/main.jsbundle'],
  ['ipa', 'XPCServices/a.xpc/a.js'],
  ['ipa', '_CodeSignature/a.js'],
  ['ipa', 'SC_Info/a.js'],
  ['web', 'style.css'],
  ['web', 'logo.svg'],
  ['web', 'app.json'],
  ['web', 'app.js.gz'],
]

const heads: readonly [string, string, string][] = [
  ['Hermes bytecode', hermes, 'hermes'],
  ['Hermes bytecode in its delta form', hermesDelta, 'hermes'],
  ['text', script, 'script'],
  ['nothing', '', 'script'],
  ['seven bytes of the mark of Hermes', base64url(Buffer.from(hermes, 'base64url').subarray(0, 7)), 'script'],
  [
    'the mark with another last byte',
    base64url(Uint8Array.of(0xc6, 0x1f, 0xbc, 0x03, 0xc1, 0x03, 0x19, 0x1e)),
    'script',
  ],
]

function kindCases(): Case[] {
  return [
    ...kinds.map(([format, path, kind]) =>
      accept(`${format}: ${path}`, { format, path, head: script }, kind),
    ),
    ...heads.map(([name, head, kind]) =>
      accept(`a script that starts with ${name}`, { format: 'ipa', path: 'main.jsbundle', head }, kind),
    ),
    accept('dex that starts as Hermes bytecode', { format: 'apk', path: 'classes.dex', head: hermes }, 'dex'),
    accept(
      'a library that starts as Hermes',
      { format: 'apk', path: 'lib/x86/a.so', head: hermes },
      'native',
    ),
    accept(
      'an app of iOS: another file that stays as it is',
      { format: 'ipa', path: 'model.bin', head: script },
      'resource',
    ),
    accept(
      'an app of iOS: a name without extension',
      { format: 'ipa', path: 'App', head: script },
      'resource',
    ),
    ...['feedface', 'feedfacf', 'cefaedfe', 'cffaedfe', 'cafebabe', 'cafebabf'].flatMap((magic) => {
      const head = base64url(Buffer.from(`${magic}00000000`, 'hex'))
      return [
        refuse(`an app of iOS: an executable, ${magic}`, { format: 'ipa', path: 'App', head }, 'NO_SEGMENT'),
        refuse(
          `an app of iOS: an executable named as a script, ${magic}`,
          { format: 'ipa', path: 'a.js', head },
          'NO_SEGMENT',
        ),
      ]
    }),
    ...others.map(([format, path]) =>
      refuse(`${format}: ${path}`, { format, path, head: hermes }, 'NO_SEGMENT'),
    ),
  ]
}

export const codeSegments: Family = {
  name: 'code-segments',
  about: 'Which files of a build are segments of its code image, and of which kind.',
  floor: { accepted: 38, refused: 38 },
  // An SDK for one platform has the rule for its own format only.
  cases: kindCases().map((one) => ({ ...one, needs: one.input['format'] as Format })),
}
