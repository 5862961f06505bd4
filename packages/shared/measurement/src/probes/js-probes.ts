import { showsSource, sourceOf } from '../live/show-functions.ts'
import type { Probe, ProbeFault } from './probe.ts'

/** What the built-in probes examine. */
export interface JsEnvironment {
  /** The global object: `globalThis`. */
  readonly global: object
  /** Model, maker and build fingerprint of the device, if an adapter knows them. */
  readonly device?: string
  /** Whether a debugger may attach to the engine, if its host says so. */
  readonly isInspected?: () => boolean
}

const natives =
  'Function.prototype.toString Function.prototype.call Function.prototype.apply Function.prototype.bind ' +
  'Object.defineProperty Object.getOwnPropertyDescriptor JSON.parse JSON.stringify ' +
  'Array.prototype.push Promise.prototype.then Math.random Date.now'
const network = 'fetch navigator.sendBeacon XMLHttpRequest.prototype.open XMLHttpRequest.prototype.send'
const cryptography =
  'crypto.getRandomValues crypto.subtle.digest crypto.subtle.sign crypto.subtle.verify ' +
  'crypto.subtle.importKey crypto.subtle.generateKey crypto.subtle.exportKey'

/**
 * Probes that any JavaScript engine can answer. They detect careless tampering and honest automation; anyone who
 * controls the engine can forge their answers. An answer that consists of names has a fixed order, is separated by
 * commas, and is empty if nothing was found.
 *
 * - `js.natives`, `js.network`, `js.crypto`: functions of the language, for requests and for cryptography that do not
 *   show as native. Some platforms have these in JavaScript (`fetch` of Node and of React Native).
 * - `js.replaced`: those of them that are not the functions that they were when the probes were made.
 * - `js.debugger`: `inspect` (Node's inspector is open), `dev` (development build of React Native), `docked` (a panel
 * takes up room
 *   of the browser window).
 * - `js.automation`: `webdriver`, `headless`, `globals` (names that drivers of browsers leave behind).
 * - `js.emulator`: `name`, `platform` (an Android browser on another processor), `touch` (a phone without touch
 * screen).
 * - `js.source`: whether the engine shows the source of functions.
 */
export function jsProbes({ global, device = '', isInspected }: JsEnvironment): Probe[] {
  const at = (path: string) => follow(global, path)
  const text = (path: string) => JSON.stringify(at(path) ?? '')
  const wider = (side: string) => (at(`outer${side}`) as number) - (at(`inner${side}`) as number) > 250
  const agent = () => text('navigator.userAgent')
  const watched = [natives, network, cryptography].join(' ').split(' ')
  const before = watched.map(at)
  const foreign = (paths: string) => () =>
    paths
      .split(' ')
      .filter((path) => !looksNative(path, at(path)))
      .join()
  const probes: Readonly<Record<string, Probe['ask']>> = {
    natives: foreign(natives),
    network: foreign(network),
    crypto: foreign(cryptography),
    replaced: () => watched.filter((path, i) => at(path) !== before[i]).join(),
    debugger: () =>
      whichOf({
        inspect: isInspected?.(),
        dev: at('__DEV__') === true,
        docked: wider('Width') || wider('Height'),
      }),
    automation: () =>
      whichOf({
        webdriver: at('navigator.webdriver') === true,
        headless: /headless/i.test(agent()),
        globals: [global, at('document') ?? {}].some((object) =>
          Object.getOwnPropertyNames(object).some((name) =>
            /^\W?(cdc_|_*(webdriver|selenium|fxdriver|playwright|puppeteer|pw_|nightmare|(call)?phantom)|domAuto)/i.test(
              name,
            ),
          ),
        ),
      }),
    emulator: () =>
      whichOf({
        name: /sdk_g?phone|Android SDK built|Genymotion|emulator|goldfish|ranchu|generic_x86|vbox|simulator/i.test(
          agent() + device,
        ),
        platform: /android/i.test(agent()) && /x86|i686|win|mac/i.test(text('navigator.platform')),
        touch: /android|iphone|ipad/i.test(agent()) && at('navigator.maxTouchPoints') === 0,
      }),
    source: showsSource,
  }
  return Object.entries(probes).map(([name, ask]) => ({ name: `js.${name}`, ask }))
}

/** The value at the end of a member path; `!threw` if the access throws, which nothing native does. */
function follow(root: unknown, path: string): unknown {
  try {
    return path
      .split('.')
      .reduce<unknown>(
        (object, name) => (object as Readonly<Record<string, unknown>> | undefined)?.[name],
        root,
      )
  } catch {
    return '!threw' satisfies ProbeFault
  }
}

/** A wrapper made by `bind` or `Proxy` also shows as native, but without the name. A missing function is not a hook. */
function looksNative(path: string, fn: unknown): boolean {
  const name = path.replace(/.*\./, '')
  const native = new RegExp(`^(async )?function ${name}\\([^{]*{\\s*\\[native code]\\s*}$`)
  return fn === undefined || native.test(sourceOf(fn))
}

function whichOf(hints: Readonly<Record<string, boolean | undefined>>): string {
  return Object.keys(hints)
    .filter((name) => hints[name])
    .join()
}
