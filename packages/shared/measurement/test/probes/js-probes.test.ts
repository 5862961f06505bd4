import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { askProbes, jsProbes, probeTable } from '../../src/index.ts'

type Environment = Record<string, unknown>

/** A realm of its own, so that patching it patches nothing of the test's. */
function realm(members: Environment = {}): Environment {
  return Object.assign(runInNewContext('globalThis') as Environment, members)
}

async function answersIn(global: object, patch: (global: Environment) => void = () => {}, device?: string) {
  const table = probeTable(jsProbes(device === undefined ? { global } : { global, device }))
  patch(global as Environment)
  return askProbes(table, Object.keys(table), new Promise(() => {}))
}

const patched =
  (path: string, make: (original: (...input: never[]) => unknown) => unknown) => (global: Environment) => {
    const names = path.split('.')
    const last = names.pop() as string
    const owner = names.reduce((object, name) => object[name] as Environment, global)
    owner[last] = make(owner[last] as never)
  }

describe('jsProbes', () => {
  it('find nothing in a plain engine', async () => {
    expect(await answersIn(realm())).toEqual({
      'js.natives': '',
      'js.network': '',
      'js.crypto': '',
      'js.replaced': '',
      'js.debugger': '',
      'js.automation': '',
      'js.emulator': '',
      'js.source': true,
    })
  })

  it.each([
    ['a function', () => () => '{}'],
    ['a bound function', (original: (...input: never[]) => unknown) => original.bind(null)],
    ['a proxy', (original: (...input: never[]) => unknown) => new Proxy(original, {})],
    ['text', () => 'function stringify() { [native code] }'],
  ])('see a native replaced by %s', async (_name, make) => {
    const answers = await answersIn(realm(), patched('JSON.stringify', make))
    expect(answers).toMatchObject({ 'js.natives': 'JSON.stringify', 'js.replaced': 'JSON.stringify' })
  })

  it('see natives that were replaced before they were made', async () => {
    const global = realm()
    patched('Function.prototype.toString', () => () => 'x')(global)
    expect(await answersIn(global)).toMatchObject({
      'js.natives': 'Function.prototype.toString',
      'js.replaced': '',
    })
  })

  it('see hooks on requests and cryptography', async () => {
    const subtle = { digest: Math.max, sign: () => 1 }
    const global = realm({ fetch: () => 1, crypto: { subtle } })
    expect(await answersIn(global)).toMatchObject({
      'js.network': 'fetch',
      'js.crypto': 'crypto.subtle.digest,crypto.subtle.sign',
    })
  })

  it('see a request function replaced where it is no native, as in Node', async () => {
    const replace = (global: Environment) => (global.fetch = () => 2)
    expect(await answersIn(realm({ fetch: () => 1 }), replace)).toMatchObject({ 'js.replaced': 'fetch' })
  })

  it('see a debugger that the host tells of', async () => {
    for (const isInspected of [true, false]) {
      const table = probeTable(jsProbes({ global: realm(), isInspected: () => isInspected }))
      expect(await askProbes(table, ['js.debugger'], new Promise(() => {}))).toEqual({
        'js.debugger': isInspected ? 'inspect' : '',
      })
    }
  })

  const phone = 'Mozilla/5.0 (Linux; Android 15; Pixel 9) Chrome/140'
  it.each<[string, Environment, string, string]>([
    ['a development build', { __DEV__: true }, 'js.debugger', 'dev'],
    [
      'a docked panel',
      { outerWidth: 1400, innerWidth: 900, outerHeight: 900, innerHeight: 800 },
      'js.debugger',
      'docked',
    ],
    ['a web driver', { navigator: { webdriver: true } }, 'js.automation', 'webdriver'],
    ['a headless browser', { navigator: { userAgent: 'HeadlessChrome/140' } }, 'js.automation', 'headless'],
    ['traces of a driver', { __playwright__binding__: 1 }, 'js.automation', 'globals'],
    ['traces in the document', { document: { $cdc_asdjflasutopfhvcZLmcfl_: 1 } }, 'js.automation', 'globals'],
    ['an emulator by name', { navigator: { userAgent: 'sdk_gphone64_x86_64' } }, 'js.emulator', 'name'],
    [
      'a phone on a PC',
      { navigator: { userAgent: phone, platform: 'Linux x86_64' } },
      'js.emulator',
      'platform',
    ],
    ['a phone without touch', { navigator: { userAgent: phone, maxTouchPoints: 0 } }, 'js.emulator', 'touch'],
  ])('see %s', async (_name, members, name, expected) => {
    expect(await answersIn(realm(members))).toMatchObject({ [name]: expected })
  })

  it('look at what an adapter says of the device', async () => {
    expect(await answersIn(realm(), undefined, 'google/sdk_gphone')).toMatchObject({ 'js.emulator': 'name' })
    expect(await answersIn(realm(), undefined, 'Pixel 9')).toMatchObject({ 'js.emulator': '' })
  })

  it('find nothing in an ordinary browser', async () => {
    const navigator = { userAgent: phone, platform: 'Linux armv81', maxTouchPoints: 5, webdriver: false }
    const sizes = { outerWidth: 412, innerWidth: 412, outerHeight: 915, innerHeight: 780 }
    const answers = await answersIn(realm({ navigator, document: {}, ...sizes }))
    expect(answers).toMatchObject({ 'js.debugger': '', 'js.automation': '', 'js.emulator': '' })
  })

  it('name the members of an environment that throws', async () => {
    const get = () => {
      throw new Error('x')
    }
    const answers = await answersIn(Object.defineProperty(realm(), 'navigator', { get }))
    expect(answers).toMatchObject({
      'js.network': 'navigator.sendBeacon',
      'js.automation': '',
      'js.natives': '',
    })
  })
})
