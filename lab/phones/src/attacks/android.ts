import { readZip, writeZip, type AndroidKeyFault, type AndroidPhone } from '@assay/testkit'
import { startPhone, type Stage } from '../scenarios/scenario.ts'
import { allOf, type Code, type SdkAttack } from './attack.ts'
import { onTheWay } from './android-on-the-way.ts'
import { attempt, newName } from './attempt.ts'
import { bundleAttacks } from './bundles.ts'
import { requestAttacks, type Scene } from './requests.ts'

type Run = SdkAttack<Stage>['attack']

const attack = (id: string, expected: Code, run: Run): SdkAttack<Stage> => ({
  id,
  expected,
  attack: run,
  twin: (stage) => attempt(stage),
})

const onHardware =
  (...making: readonly ((stage: Stage) => AndroidPhone)[]): Run =>
  async (stage) => {
    const codes: Code[] = []
    for (const make of making) codes.push(await attempt(stage, { hardware: make(stage) }))
    return allOf(codes)
  }

const faulty =
  (fault: AndroidKeyFault) =>
  ({ world }: Stage): AndroidPhone => {
    const phone = world.phones.pixel()
    phone.faults.keyAttestation = fault
    return phone
  }

/** The phone states a foreign signer for the app, whatever it measures. */
const resigned: Run = onHardware(({ world: { phones, foreignSigner } }) =>
  phones.pixel({ app: { ...phones.installed, signers: [foreignSigner] } }),
)

type Entries = Awaited<ReturnType<typeof readZip>>

/** The app whose installed file has these entries instead. */
const withEntries =
  (change: (entries: Entries) => Entries): Run =>
  async (stage) =>
    attempt(stage, { apk: await writeZip(change(await readZip(stage.world.apk))) })

export const changed = (wanted: string, change: (content: Buffer) => Buffer): Run =>
  withEntries((entries) =>
    entries.map((entry) =>
      entry.name === wanted ? { ...entry, content: change(Buffer.from(entry.content)) } : entry,
    ),
  )

const dex = 'classes.dex'
const sdkDex = 'assets/assay-sdk.dex'

function oneBit(content: Buffer): Buffer {
  const middle = Math.floor(content.length / 2)
  content[middle] = (content[middle] as number) ^ 1
  return content
}

const apps: readonly SdkAttack<Stage>[] = [
  attack(
    'repackaged-in-node',
    'SOFTWARE_SEGMENT_MISMATCH',
    changed(dex, (content) => Buffer.concat([content, Buffer.from('evil')])),
  ),
  attack('one-bit-changed', 'SOFTWARE_SEGMENT_MISMATCH', changed(dex, oneBit)),
  attack(
    'byte-appended',
    'SOFTWARE_SEGMENT_MISMATCH',
    changed(dex, (content) => Buffer.concat([content, Buffer.alloc(1)])),
  ),
  attack(
    'library-added',
    'SOFTWARE_SEGMENTS',
    withEntries((entries) => [
      ...entries,
      { name: 'lib/arm64-v8a/libhook.so', content: Buffer.from('hook'), stored: false },
    ]),
  ),
  attack(
    'sdk-older',
    'SOFTWARE_SEGMENT_MISMATCH',
    changed(sdkDex, () => Buffer.from('dex\n035\0assay:sdk:assay-android/0.0.1;\0')),
  ),
  attack(
    'segments-reordered',
    'SOFTWARE_SEGMENT_MISMATCH',
    withEntries((entries) => {
      const contentOf = (wanted: string) => entries.find(({ name }) => name === wanted)?.content as Buffer
      const other: Readonly<Record<string, Buffer>> = { [dex]: contentOf(sdkDex), [sdkDex]: contentOf(dex) }
      return entries.map((entry) => ({ ...entry, content: other[entry.name] ?? entry.content }))
    }),
  ),
  attack('sdk-file-changed', 'SOFTWARE_SEGMENT_MISMATCH', changed(sdkDex, oneBit)),
  attack(
    'segment-renamed',
    'SOFTWARE_SEGMENTS',
    withEntries((entries) =>
      entries.map((entry) => (entry.name === dex ? { ...entry, name: 'classes2.dex' } : entry)),
    ),
  ),
  attack(
    'segment-split',
    'SOFTWARE_SEGMENTS',
    withEntries((entries) =>
      entries.flatMap((entry) => {
        if (entry.name !== dex) return [entry]
        const middle = Math.floor(entry.content.length / 2)
        return [
          { ...entry, content: entry.content.subarray(0, middle) },
          { ...entry, name: 'classes2.dex', content: entry.content.subarray(middle) },
        ]
      }),
    ),
  ),
  attack('pristine-copy', 'ANDROID_KEY_SIGNER', resigned),
  attack('manifest-made-debuggable', 'ANDROID_KEY_SIGNER', resigned),
  attack('driven', 'AUTOMATION', (stage) => attempt(stage, { states: ['MONKEY'] })),
  attack('driven-and-hidden', null, (stage) => attempt(stage)),
  attack('unknown-app', 'app_not_registered', (stage) => attempt(stage, { app: 'com.example.clone' })),
  attack('unknown-build', 'build_not_registered', (stage) => attempt(stage, { build: '9.9.9' })),
]

/** The leaf of one phone, and the certificates above it of another. */
function spliced({ world: { phones } }: Stage): AndroidPhone {
  const [one, other] = [phones.pixel(), phones.pixel()]
  return {
    ...one,
    attestKey(key, challenge) {
      const item = one.attestKey(key, challenge)
      const [leaf] = item['chain'] as string[]
      const above = (other.attestKey(key, challenge)['chain'] as string[]).slice(1)
      return { ...item, chain: [leaf, ...above] }
    },
  }
}

const hardware: readonly SdkAttack<Stage>[] = [
  attack('resigned-app-on-phone', 'ANDROID_KEY_SIGNER', resigned),
  attack(
    'other-package-on-phone',
    'ANDROID_KEY_PACKAGE',
    onHardware(({ world: { phones } }) =>
      phones.pixel({ app: { ...phones.installed, package: 'com.example.other' } }),
    ),
  ),
  attack(
    'key-from-outside',
    'ANDROID_KEY_ALL_APPLICATIONS,ANDROID_KEY_ORIGIN,ANDROID_KEY_PURPOSE',
    onHardware(faulty('imported-key'), faulty('key-that-attests'), faulty('all-applications')),
  ),
  attack(
    'keystore-in-software',
    'ANDROID_KEY_SOFTWARE_ROOT,KEY_IN_SOFTWARE',
    onHardware(
      ({ world }) => world.phones.emulator(),
      faulty('software-key'),
      faulty('software-attestation'),
    ),
  ),
  attack(
    'boot-loader-unlocked',
    'BOOT_LOADER_UNLOCKED',
    onHardware(({ world }) => world.phones.unlocked(), faulty('unlocked-yet-verified')),
  ),
  ...(['revoked', 'suspended'] as const).map((state) =>
    attack(
      `keybox-${state}`,
      `ANDROID_KEY_${state.toUpperCase()}`,
      onHardware(({ world: { phones } }) => phones.pixel({ keybox: phones.keyboxes[state] })),
    ),
  ),
  attack(
    'chain-forged',
    'ANDROID_KEY_EXTENSION,ANDROID_KEY_ISSUER,ANDROID_KEY_REPEATED_KEY,ANDROID_KEY_SIGNATURE',
    onHardware(
      faulty('signed-by-another-key'),
      faulty('other-issuer-name'),
      faulty('root-twice'),
      faulty('statement-above-the-leaf'),
    ),
  ),
  attack('roots-of-ones-own', 'ANDROID_KEY_ANCHOR', onHardware(faulty('other-root'))),
  attack('phones-spliced', 'ANDROID_KEY_ISSUER', onHardware(spliced)),
  // This program is the SDK without the app, on a JVM: nothing there vouches for a key.
  attack('sdk-headless', 'HARDWARE_EVIDENCE_MISSING', (stage) => attempt(stage, { attestsKey: false })),
  attack('evidence-left-out', 'HARDWARE_EVIDENCE_MISSING', (stage) => attempt(stage, { attestsKey: false })),
]

function sceneOf(stage: Stage): Scene {
  return {
    api: stage.world.api,
    async signer() {
      const phone = await startPhone(stage, { name: newName() })
      return {
        async sign(method, url, authorization) {
          const headers = await phone.ask('sign', { method, url, authorization })
          await phone.ask('close')
          return headers as Readonly<Record<string, string>>
        },
      }
    },
  }
}

/** Attacks in which the Kotlin SDK takes part. */
export const androidAttacks: readonly SdkAttack<Stage>[] = [
  ...apps,
  ...hardware,
  ...bundleAttacks,
  ...onTheWay,
  ...requestAttacks<Stage>(sceneOf),
]
