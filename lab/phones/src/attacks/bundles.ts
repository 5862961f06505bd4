import type { AndroidPhone } from '@assay/testkit'
import { codeOf, startPhone, type Stage } from '../scenarios/scenario.ts'
import type { Code, SdkAttack } from './attack.ts'
import { attempt, callFrom, newName } from './attempt.ts'

/** The app in splits, for this ABI. */
async function bundled({ world }: Stage, abi: 'arm64-v8a' | 'armeabi-v7a') {
  const { app, build, phones, installed } = world.bundled
  return { app, build, files: await installed(abi), hardware: phones.pixel() }
}

async function abiChanged(stage: Stage, second: 'arm64-v8a' | 'armeabi-v7a'): Promise<Code> {
  const phone = await startPhone(stage, { ...(await bundled(stage, 'arm64-v8a')), name: newName() })
  const enrolled = await phone.ask('token')
  if (enrolled.error !== undefined) return codeOf(stage, enrolled)
  await phone.ask('close')
  const options = { ...(await bundled(stage, second)), name: newName() }
  const { folder, key_mint } = phone.described
  const changed = await startPhone(stage, options, { folder, key_mint })
  // It is not measured again until its token expires.
  await changed.ask('clock', { slept: 900_000 })
  return callFrom(stage, changed)
}

/** Enrols keys of phones, one installation after the other. @returns the result of the last */
async function broker(stage: Stage, keys: number, phone: () => AndroidPhone): Promise<Code> {
  const options = await bundled(stage, 'arm64-v8a')
  let last: Code = null
  for (let i = 0; i < keys; i++) last = await attempt(stage, { ...options, hardware: phone() })
  return last
}

/** One phone that vouches for key after key. */
function ofOnePhone(stage: Stage, keys: number): Promise<Code> {
  const phone = stage.world.bundled.phones.pixel()
  return broker(stage, keys, () => phone)
}

/** Fake phones with the attestation key of a batch. */
function ofOneBatch(stage: Stage, keys: number): Promise<Code> {
  const { phones } = stage.world.bundled
  const keybox = phones.newBatch()
  return broker(stage, keys, () => phones.pixel({ keybox }))
}

/** Attacks on an app in splits, or with many keys of one phone. */
export const bundleAttacks: readonly SdkAttack<Stage>[] = [
  {
    id: 'abi-shopped',
    expected: 'ANDROID_KEY_SIGNER',
    attack: async (stage) => {
      const { phones } = stage.world.bundled
      const hardware = phones.pixel({
        app: { ...phones.installed, signers: [stage.world.foreignSigner] },
      })
      return attempt(stage, { ...(await bundled(stage, 'armeabi-v7a')), hardware })
    },
    twin: async (stage) => attempt(stage, await bundled(stage, 'armeabi-v7a')),
  },
  {
    id: 'abi-changed',
    expected: 'ABI_CHANGED',
    attack: (stage) => abiChanged(stage, 'armeabi-v7a'),
    twin: (stage) => abiChanged(stage, 'arm64-v8a'),
  },
  {
    id: 'retired-build',
    expected: 'build_retired',
    attack: async (stage) =>
      attempt(stage, { ...(await bundled(stage, 'arm64-v8a')), build: stage.world.bundled.retired }),
    twin: async (stage) => attempt(stage, await bundled(stage, 'arm64-v8a')),
  },
  {
    id: 'broker-within-limit',
    expected: null,
    attack: (stage) => ofOnePhone(stage, stage.world.bundled.enrolments.device),
    twin: (stage) => ofOnePhone(stage, 1),
  },
  {
    id: 'broker-beyond-limit',
    expected: 'VOUCHING_KEY_ENROLMENTS_SPENT',
    attack: (stage) => ofOnePhone(stage, stage.world.bundled.enrolments.device + 1),
    twin: (stage) => ofOnePhone(stage, stage.world.bundled.enrolments.device),
  },
  {
    id: 'broker-leaked-keybox',
    expected: null,
    attack: (stage) => ofOneBatch(stage, stage.world.bundled.enrolments.batch),
    twin: (stage) => ofOneBatch(stage, 1),
  },
  {
    id: 'broker-leaked-keybox-beyond',
    expected: 'VOUCHING_KEY_ENROLMENTS_SPENT',
    attack: (stage) => ofOneBatch(stage, stage.world.bundled.enrolments.batch + 1),
    twin: (stage) => ofOneBatch(stage, 1),
  },
  {
    id: 'below-minimum-version',
    expected: 'build_below_minimum',
    attack: async (stage) =>
      attempt(stage, { ...(await bundled(stage, 'arm64-v8a')), build: stage.world.bundled.outdated }),
    twin: async (stage) => attempt(stage, await bundled(stage, 'arm64-v8a')),
  },
]
