import { abiPattern, invalidArgument } from '@assay/protocol'
import {
  isBoolean,
  isFunction,
  isObject,
  isText,
  listOf,
  objectWith,
  oneOf,
  optional,
  type Shape,
} from '@assay/protocol/shapes'
import type { AssayClientOptions } from '../options/options.ts'
import type { AnyKeyStore, InstallationKey } from '../runtime/ports.ts'

/** Names of options, in the order in which they are checked. */
type OptionName = Extract<keyof AssayClientOptions, string>

/**
 * Checks options against their types, for callers in JavaScript: what `checkOptions` does not check, because web apps
 * do without it.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) naming the first option that is missing or wrong
 */
export function checkShape(options: AssayClientOptions): void {
  for (const name of Object.keys(forms) as OptionName[]) {
    const [holds, wanted] = forms[name]
    if (!holds(options[name])) throw invalidArgument(`${name}: missing or wrong; give ${wanted}`)
  }
}

/** Checks what a key store returns: if it is not a key, the store has failed. */
export function holdKeyStore(store: AnyKeyStore): AnyKeyStore {
  const held = <Key extends InstallationKey | undefined>(key: Key): Key => {
    if (isKey(key)) return key
    throw new Error(
      'keyStore: returned no key; `open` and `renew` must return an object with `publicJwk` and `sign`',
    )
  }
  const enrolled = async (key: InstallationKey): Promise<unknown> => store.enrolled?.(key)
  if (store.attest === undefined) {
    return {
      enrolled,
      open: async () => held(await store.open()),
      renew: async () => held(await store.renew()),
    }
  }
  return {
    enrolled,
    open: async () => {
      const key = await store.open()
      return key && held(key)
    },
    renew: async () => store.renew(),
    attest: async (commitment) => {
      const { key, evidence } = await store.attest(commitment)
      return { key: held(key), evidence }
    },
  }
}

const isKey = objectWith({ publicJwk: isObject, sign: isFunction })
const isCodeImage = objectWith({ segments: listOf(objectWith({ name: isText })), read: isFunction })

/** Without `URL.canParse`, which not every engine has. */
function isUrl(value: unknown): value is string {
  try {
    return isText(value) && new URL(value).href !== ''
  } catch {
    return false
  }
}

/** Maximum milliseconds for a timer: beyond it, timers fire at once. */
const isTimeout = (value: unknown): value is number =>
  typeof value === 'number' && value > 0 && value < 2 ** 31

const forms: Readonly<Record<OptionName, readonly [Shape<unknown>, wanted: string]>> = {
  endpoints: [listOf(isText), 'a list of URLs'],
  app: [isText, 'the id of the app'],
  build: [isText, 'the id of the build'],
  audiences: [isObject, 'an object of URL prefix to audience'],
  authorizationServers: [optional(listOf(isText)), 'a list of audiences, or leave it out'],
  image: [
    (value): value is unknown => isFunction(value) || isCodeImage(value),
    'a code image (`segments` and `read`), or a function that opens one',
  ],
  crypto: [
    objectWith({ sha256: isFunction, hmacSha256: isFunction }),
    'an object with `sha256` and `hmacSha256`',
  ],
  keyStore: [
    objectWith({
      open: isFunction,
      renew: isFunction,
      attest: optional(isFunction),
      enrolled: optional(isFunction),
    }),
    'an object with `open` and `renew`',
  ],
  shared: [
    optional(objectWith({ load: isFunction, save: isFunction, exclusively: isFunction })),
    'an object with `load`, `save` and `exclusively`, or leave it out',
  ],
  evidence: [
    optional(listOf(objectWith({ prepare: isFunction }))),
    'a list of sources with `prepare`, or leave it out',
  ],
  abi: [
    optional((value): value is string => isText(value) && abiPattern.test(value)),
    'the name of an ABI, or leave it out',
  ],
  text: [optional(isFunction), 'a function that opens the second image, or leave it out'],
  proof: [
    optional(objectWith({ field: isText, nonceFields: listOf(isText), write: isFunction })),
    '`attestationPop`, or leave it out',
  ],
  withoutToken: [optional(oneOf('fail', 'send')), "'fail' or 'send'"],
  heedsRedirect: [optional(isBoolean), 'true or false'],
  parseUrl: [optional(isFunction), 'a function, or leave it out'],
  probes: [
    optional(listOf(objectWith({ name: isText, ask: isFunction }))),
    'a list of probes with `name` and `ask`, or leave it out',
  ],
  live: [
    optional(objectWith({ functions: isObject, exercises: isObject })),
    'an object with `functions` and `exercises`, or leave it out',
  ],
  fetch: [isFunction, 'a function'],
  clock: [objectWith({ monotonic: isFunction, wall: isFunction }), 'an object with `monotonic` and `wall`'],
  random: [isFunction, 'a function'],
  timers: [objectWith({ set: isFunction, clear: isFunction }), 'an object with `set` and `clear`'],
  baseUrl: [optional(isUrl), 'an absolute URL, or leave it out'],
  developmentSecret: [optional(isText), 'a text, or leave it out'],
  requestTimeout: [optional(isTimeout), 'milliseconds, above 0'],
  idleAfter: [
    optional((value): value is number => typeof value === 'number' && value >= 0),
    'milliseconds, 0 or more',
  ],
}
