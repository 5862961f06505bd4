import { expect, test } from 'vitest'
import { codeSegmentKind, splitSegment } from '@assay/protocol'

const text = new TextEncoder().encode('function')
const hermes = Uint8Array.of(0xc6, 0x1f, 0xbc, 0x03, 0xc1, 0x03, 0x19, 0x1f)
const hermesDelta = Uint8Array.of(0x39, 0xe0, 0x43, 0xfc, 0x3e, 0xfc, 0xe6, 0xe0)

test.each([
  ['apk', 'classes.dex', text, 'dex'],
  ['apk', 'classes12.dex', text, 'dex'],
  ['apk', 'assets/plugin.dex', text, 'dex'],
  ['apk', 'lib/arm64-v8a/libapp.so', text, 'native'],
  ['apk', 'assemblies/App.dll', text, 'native'],
  ['apk', 'assets/index.android.bundle', hermes, 'hermes'],
  ['apk', 'assets/index.android.bundle', hermesDelta, 'hermes'],
  ['apk', 'assets/index.android.bundle', text, 'script'],
  ['apk', 'assets/www/index.html', text, 'script'],
  ['ipa', 'main.jsbundle', text, 'script'],
  ['ipa', 'main.jsbundle', hermes, 'hermes'],
  ['ipa', 'www/index.html', text, 'script'],
  ['ipa', 'Frameworks/Kit.framework/worker.js', text, 'script'],
  ['ipa', 'Kit.bundle/PlugIns/a.js', text, 'script'],
  ['ipa', 'model.bin', text, 'resource'],
  ['ipa', 'Kit.bundle/Root.plist', text, 'resource'],
  ['aab', 'base/classes.dex', text, 'dex'],
  ['aab', 'feature/lib/arm64-v8a/libapp.so', text, 'native'],
  ['apks', 'base/assets/index.android.bundle', hermes, 'hermes'],
  ['web', 'static/main.JS', text, 'script'],
  ['web', 'a.wasm', text, 'script'],
] as const)('%s: %s is a segment', (format, path, head, kind) => {
  expect(codeSegmentKind(format, path, head)).toBe(kind)
})

test.each([
  ['apk', 'AndroidManifest.xml'],
  ['apk', 'res/raw/script.js'],
  ['apk', 'resources.arsc'],
  ['apk', 'assets/photo.png'],
  ['apk', 'lib/arm64-v8a/more/libapp.so'],
  ['apk', 'xclasses.dex'],
  ['ipa', 'Info.plist'],
  ['ipa', 'Frameworks/Kit.framework/Info.plist'],
  ['ipa', 'Frameworks/Kit.framework/_CodeSignature/CodeResources'],
  ['ipa', 'embedded.mobileprovision'],
  ['ipa', 'Assets.car'],
  ['ipa', 'icon.PNG'],
  ['aab', 'classes.dex'],
  ['aab', '1base/classes.dex'],
  ['aab', 'base/dex/classes.dex'],
  ['apks', '/classes.dex'],
  ['ipa', 'PlugIns/Widget.appex/main.jsbundle'],
  ['ipa', 'Watch/App.app/main.jsbundle'],
  ['ipa', 'SC_Info/a.js'],
  ['web', 'style.css'],
  ['web', 'classes.dex'],
] as const)('%s: %s is none', (format, path) => {
  expect(codeSegmentKind(format, path, hermes)).toBeUndefined()
})

test('a head that is shorter than the magic is no Hermes bytecode', () => {
  expect(codeSegmentKind('web', 'a.js', hermes.subarray(0, 7))).toBe('script')
})

test.each(['feedface', 'feedfacf', 'cefaedfe', 'cffaedfe', 'cafebabe', 'cafebabf'])(
  'an executable of iOS is no segment, whatever its name: %s',
  (magic) => {
    const head = Uint8Array.from(Buffer.from(magic + '00000000', 'hex'))
    expect(codeSegmentKind('ipa', 'App', head)).toBeUndefined()
    expect(codeSegmentKind('ipa', 'a.js', head)).toBeUndefined()
    expect(codeSegmentKind('ipa', 'App', head.subarray(0, 3))).toBe('resource')
    expect(codeSegmentKind('apk', 'classes.dex', head)).toBe('dex')
  },
)

test('a segment of a split names its module, its path there, and for a library the ABI', () => {
  expect(splitSegment('base/classes.dex')).toEqual({ module: 'base', path: 'classes.dex', abi: undefined })
  expect(splitSegment('f/lib/x86_64/libx.so')).toMatchObject({ module: 'f', abi: 'x86_64' })
  expect(splitSegment('classes.dex')).toBeUndefined()
})
