import { abiPattern, invalidArgument } from '@assay/protocol'
import type { AssayClientOptions } from './options.ts'
import type { AnyKeyStore, InstallationKey } from './ports.ts'

/** Whether a value is as documented. */
type Holds = (value: unknown) => boolean

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

const isString: Holds = (value) => typeof value === 'string'
const isFunction: Holds = (value) => typeof value === 'function'
const isObject: Holds = (value) => typeof value === 'object' && value !== null

function has(members: Readonly<Record<string, Holds>>): Holds {
  return (value) =>
    isObject(value) &&
    Object.entries(members).every(([name, holds]) => holds((value as Record<string, unknown>)[name]))
}

const listOf =
  (holds: Holds): Holds =>
  // Makes any list dense: `every` skips gaps.
  (value) =>
    Array.isArray(value) && Array.from<unknown>(value).every(holds)

const optional =
  (holds: Holds): Holds =>
  (value) =>
    value === undefined || holds(value)

const isKey = has({ publicJwk: isObject, sign: isFunction })
const isCodeImage = has({ segments: listOf(has({ name: isString })), read: isFunction })

/** Without `URL.canParse`, which not every engine has. */
function isUrl(value: unknown): boolean {
  try {
    return isString(value) && new URL(value as string).href !== ''
  } catch {
    return false
  }
}

/** Maximum milliseconds for a timer: beyond it, timers fire at once. */
const isTimeout: Holds = (value) => typeof value === 'number' && value > 0 && value < 2 ** 31

const forms: Readonly<Record<OptionName, readonly [Holds, wanted: string]>> = {
  endpoints: [listOf(isString), 'a list of URLs'],
  app: [isString, 'the id of the app'],
  build: [isString, 'the id of the build'],
  audiences: [isObject, 'an object of URL prefix to audience'],
  image: [
    (value) => isFunction(value) || isCodeImage(value),
    'a code image (`segments` and `read`), or a function that opens one',
  ],
  crypto: [has({ sha256: isFunction, hmacSha256: isFunction }), 'an object with `sha256` and `hmacSha256`'],
  keyStore: [
    has({
      open: isFunction,
      renew: isFunction,
      attest: optional(isFunction),
      enrolled: optional(isFunction),
    }),
    'an object with `open` and `renew`',
  ],
  shared: [
    optional(has({ load: isFunction, save: isFunction, exclusively: isFunction })),
    'an object with `load`, `save` and `exclusively`, or leave it out',
  ],
  evidence: [
    optional(listOf(has({ prepare: isFunction }))),
    'a list of sources with `prepare`, or leave it out',
  ],
  abi: [
    optional((value) => isString(value) && abiPattern.test(value as string)),
    'the name of an ABI, or leave it out',
  ],
  text: [optional(isFunction), 'a function that opens the second image, or leave it out'],
  proof: [
    optional(has({ field: isString, nonceFields: listOf(isString), write: isFunction })),
    '`attestationPop`, or leave it out',
  ],
  withoutToken: [optional((value) => value === 'fail' || value === 'send'), "'fail' or 'send'"],
  heedsRedirect: [optional((value) => typeof value === 'boolean'), 'true or false'],
  parseUrl: [optional(isFunction), 'a function, or leave it out'],
  probes: [
    optional(listOf(has({ name: isString, ask: isFunction }))),
    'a list of probes with `name` and `ask`, or leave it out',
  ],
  live: [
    optional(has({ functions: isObject, exercises: isObject })),
    'an object with `functions` and `exercises`, or leave it out',
  ],
  fetch: [isFunction, 'a function'],
  clock: [has({ monotonic: isFunction, wall: isFunction }), 'an object with `monotonic` and `wall`'],
  random: [isFunction, 'a function'],
  timers: [has({ set: isFunction, clear: isFunction }), 'an object with `set` and `clear`'],
  baseUrl: [optional(isUrl), 'an absolute URL, or leave it out'],
  developmentSecret: [optional(isString), 'a text, or leave it out'],
  requestTimeout: [optional(isTimeout), 'milliseconds, above 0'],
  idleAfter: [optional((value) => typeof value === 'number' && value >= 0), 'milliseconds, 0 or more'],
}
