import { codeOf, startPhone, type Stage } from '../scenarios/scenario.ts'
import type { Code, SdkAttack } from './attack.ts'
import { attempt, callFrom, newName } from './attempt.ts'

/** The app that came in splits, for this ABI. */
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
  // Until its token expires nobody measures it again.
  await changed.ask('clock', { slept: 900_000 })
  return callFrom(stage, changed)
}

/** Keys of one phone, one installation after the other. @returns what became of the last */
async function broker(stage: Stage, keys: number): Promise<Code> {
  const options = await bundled(stage, 'arm64-v8a')
  let last: Code = null
  for (let i = 0; i < keys; i++) last = await attempt(stage, options)
  return last
}

/** Attacks on an app that came in splits, or with many keys of one phone. */
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
    attack: (stage) => broker(stage, stage.world.bundled.enrolments),
    twin: (stage) => broker(stage, 1),
  },
  {
    id: 'broker-beyond-limit',
    expected: 'ANCHOR_ENROLMENTS_SPENT',
    attack: (stage) => broker(stage, stage.world.bundled.enrolments + 1),
    twin: (stage) => broker(stage, stage.world.bundled.enrolments),
  },
]
