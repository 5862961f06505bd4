import { setTimeout as pause } from 'node:timers/promises'
import { createSoftwareKey, type AndroidPhone, type InstalledApp } from '@assay/testkit'
import type { Stage } from '@assay/phones/android'
import { without, type Code } from '../../attack/sdks.ts'
import * as kotlin from '../../drivers/kotlin.ts'
import type { Attack } from '../../attack/attack.ts'
import type { Outcome } from '../../world/outcome.ts'
import { onlyHardware, refusedWith, through } from '../../attack/expected.ts'
import { always, onIphone, onPhone, onPixel } from '../../kinds/on-phone.ts'
import { callFrom } from '../../world/call.ts'
import { allOf, everyOf, refused } from '../../world/outcome.ts'
import { mostKeys, type HardwareWorld } from '../../world/world.ts'

const scripts = 8

/** Genuine or leaked keys that vouch for the keys of scripts, and services that trust the testkit. */
export const broker: readonly Attack[] = [
  onPhone({
    id: 'broker-within-limit',
    sdks: {
      kotlin: {
        attack: (stage) => enrolOnOnePhone(stage, stage.world.bundled.enrolments.device),
        twin: (stage) => enrolOnOnePhone(stage, 1),
      },
      swift: 'android-only',
    },
    title: "A genuine phone vouches for a script's keys, up to the day's limit",
    oat: 'OAT-019',
    method:
      'a hooked app has the phone attest remote keys; three a day may be new, as the app is registered here',
    expected: onlyHardware(through),
    attack: async (world) => {
      const phone = world.phones.pixel()
      const { device: limit } = world.enrolmentsPerDay
      const outcomes = []
      for (let i = 0; i < limit; i++) outcomes.push(await onPixel(world, phone))
      return everyOf(outcomes)
    },
  }),
  onPhone({
    id: 'broker-beyond-limit',
    sdks: {
      kotlin: {
        attack: (stage) => enrolOnOnePhone(stage, stage.world.bundled.enrolments.device + 1),
        twin: (stage) => enrolOnOnePhone(stage, stage.world.bundled.enrolments.device),
      },
      swift: 'android-only',
    },
    title: 'The same, for one key more',
    oat: 'OAT-019',
    method:
      "limits attach to the phone's attestation key, not to installation keys, which cost a script nothing",
    expected: onlyHardware(refusedWith('VOUCHING_KEY_ENROLMENTS_SPENT')),
    attack: (world) => nextKey(world, world.enrolmentsPerDay.device),
    twin: (world) => nextKey(world, world.enrolmentsPerDay.device - 1),
  }),
  onPhone({
    id: 'broker-leaked-keybox',
    sdks: {
      kotlin: {
        attack: (stage) => enrolInOneBatch(stage, stage.world.bundled.enrolments.batch),
        twin: (stage) => enrolInOneBatch(stage, 1),
      },
      swift: 'android-only',
    },
    title: "A leaked keybox that no list names yet makes chains, up to the batch's limit",
    oat: 'OAT-019',
    method:
      'no phone is needed; five new keys a day for a batch from the factory, as the app is registered here',
    expected: onlyHardware(through),
    attack: async (world) => {
      const keybox = world.phones.newBatch()
      const outcomes = []
      for (let i = 0; i < world.enrolmentsPerDay.batch; i++)
        outcomes.push(await onPixel(world, world.phones.pixel({ keybox })))
      return everyOf(outcomes)
    },
  }),
  onPhone({
    id: 'broker-leaked-keybox-beyond',
    sdks: {
      kotlin: {
        attack: (stage) => enrolInOneBatch(stage, stage.world.bundled.enrolments.batch + 1),
        twin: (stage) => enrolInOneBatch(stage, 1),
      },
      swift: 'android-only',
    },
    title: 'The same, for one key more: genuine phones of the batch are refused with it',
    oat: 'OAT-019',
    method: 'the limit is the same for all phones of the batch, so it has to be high where there are many',
    expected: onlyHardware(refusedWith('VOUCHING_KEY_ENROLMENTS_SPENT')),
    attack: async (world) => {
      const keybox = world.phones.newBatch()
      for (let i = 0; i < world.enrolmentsPerDay.batch; i++)
        await onPixel(world, world.phones.pixel({ keybox }))
      return onPixel(world, world.phones.pixel({ keybox }))
    },
    twin: (world) => onPixel(world, world.phones.pixel({ keybox: world.phones.newBatch() })),
  }),
  onPhone({
    id: 'broker-iphone-shared-key',
    sdks: without('keys-of-a-script'),
    title: 'One App Attest key vouches for the keys of two scripts at once',
    oat: 'OAT-019',
    method:
      'the second takes the place of the first, whose refresh is refused; the twin is that of the second',
    expected: onlyHardware(refusedWith('enrolment_required')),
    attack: (world) => refreshOf(world, 'first'),
    twin: (world) => refreshOf(world, 'second'),
  }),
  onPhone({
    id: 'broker-iphone-new-keys',
    sdks: without('keys-of-a-script'),
    title: 'A genuine iPhone makes a new App Attest key for each script that it vouches for',
    oat: 'OAT-019',
    method: `${scripts} keys within seconds; Apple counts them, and the API accepts ${mostKeys}: what the first ones get is within the limit`,
    expected: onlyHardware(refusedWith('DEVICE_ATTESTS_MANY_KEYS')),
    attack: (world) => assessedTogether(world, scripts),
    twin: (world) => assessedTogether(world, 1),
  }),
  onPhone({
    id: 'test-roots-in-production',
    sdks: without('at-the-service'),
    title: 'A service in production gets evidence under the roots of the published testkit',
    oat: 'OAT-019',
    method: 'the Pixel and the iPhone that this suite calls genuine, and a service that was not told of them',
    expected: onlyHardware(refusedWith('ANDROID_KEY_ANCHOR,APP_ATTEST_ANCHOR')),
    attack: async (world) => {
      const production = await world.startOther('production')
      try {
        return allOf([
          await production.attest('android', { evidence: world.phones.pixel().evidence }),
          await production.attest('ios', { evidence: world.phones.iphone().evidence }),
        ])
      } finally {
        await production.stop()
      }
    },
    twin: async (world) => everyOf([await onPixel(world), await onIphone(world)]),
  }),
  onPhone({
    id: 'test-vendors-exposed',
    sdks: without('at-the-service'),
    title: 'A service that believes the roots of the testkit is reachable from other machines',
    oat: 'OAT-014',
    method: 'under a public URL, on all addresses, behind a proxy; the twin starts on loopback',
    expected: onlyHardware(refusedWith('SERVICE_TEST_VENDORS')),
    attack: async (world) => {
      const url = ['--public-url', 'https://attest.example']
      const tries = [url, ['--host', '0.0.0.0', ...url], ['--trusted-proxy', '127.0.0.1']]
      return allOf(await Promise.all(tries.map((args) => world.startWithTestVendors(...args))))
    },
    twin: (world) => world.startWithTestVendors(),
  }),
]

/** The phone has vouched for `before` keys today. */
async function nextKey(world: HardwareWorld, before: number) {
  const phone = world.phones.pixel()
  for (let i = 0; i < before; i++) await onPixel(world, phone)
  return onPixel(world, phone)
}

/** One App Attest key is attested for two installation keys; one of them refreshes. */
async function refreshOf(world: HardwareWorld, which: 'first' | 'second') {
  const keys = { first: createSoftwareKey(), second: createSoftwareKey() }
  const phone = world.phones.iphone()
  await onIphone(world, phone, { key: keys.first })
  const sameKey = always('apple-app-attest', (binding) => phone.attest(binding, phone.key))
  await onIphone(world, { evidence: [sameKey] }, { key: keys.second })
  const asserted = always('apple-app-attest-assertion', (binding) => phone.assert(binding))
  return onIphone(world, { evidence: [asserted] }, { key: keys[which] })
}

/** Milliseconds within which the service has asked Apple, with much to spare. */
const asked = 30_000

/** Keys of one iPhone, all of which must be served once Apple was asked about each. */
async function assessedTogether(world: HardwareWorld, keys: number): Promise<Outcome> {
  const device = {}
  const { iosOrders, assessed } = world
  const audiences = { [iosOrders.url]: iosOrders.url, [assessed.url]: assessed.url }
  const holders = []
  try {
    for (let i = 0; i < keys; i++) {
      const { evidence } = world.phones.iphone({ device })
      const holder = await world.iosDevice({ evidence, audiences })
      holders.push(holder)
      await holder.client.getToken(iosOrders.url)
    }
    const outcomes = []
    for (const holder of holders) outcomes.push(await onceAssessed(world, holder))
    return everyOf(outcomes)
  } finally {
    for (const holder of holders) holder.close()
  }
}

async function onceAssessed(world: HardwareWorld, holder: InstalledApp): Promise<Outcome> {
  const end = performance.now() + asked
  for (;;) {
    await holder.client.getToken(world.iosOrders.url, { forceRefresh: true })
    const { trace } = holder.exchanges.at(-1)?.response as { trace: string }
    const code = await world.operator.codeOf(trace)
    if (code === undefined) return callFrom(holder, world.assessed, world)
    if (code !== 'RISK_NOT_ASSESSED' || performance.now() >= end) return refused(403, code)
    await pause(500)
  }
}

/** Enrols keys of phones with the Kotlin SDK, one installation after the other. @returns the result of the last */
async function enrol(stage: Stage, keys: number, phone: () => AndroidPhone): Promise<Code> {
  const options = await kotlin.bundled(stage, 'arm64-v8a')
  let last: Code = null
  for (let i = 0; i < keys; i++) last = await kotlin.attempt(stage, { ...options, hardware: phone() })
  return last
}

/** One phone that vouches for key after key. */
function enrolOnOnePhone(stage: Stage, keys: number): Promise<Code> {
  const phone = stage.world.bundled.phones.pixel()
  return enrol(stage, keys, () => phone)
}

/** Fake phones with the attestation key of a batch. */
function enrolInOneBatch(stage: Stage, keys: number): Promise<Code> {
  const { phones } = stage.world.bundled
  const keybox = phones.newBatch()
  return enrol(stage, keys, () => phones.pixel({ keybox }))
}
