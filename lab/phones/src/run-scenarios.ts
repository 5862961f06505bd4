import { phoneCommand } from './android/tools.ts'
import { setAndroidWorld } from './android/world.ts'
import { androidAttacks } from './attacks/android.ts'
import { attackSdk, chosen, type AttackedSdk } from './attacks/attack.ts'
import { startProgram } from './program/phone-program.ts'
import { honest } from './scenarios/honest.ts'
import type { Stage } from './scenarios/scenario.ts'
import { processes } from './scenarios/processes.ts'
import { tampered } from './scenarios/tampered.ts'

/** What one scenario came to. `fault`: what was not as expected. */
export interface Played {
  readonly name: string
  readonly fault?: string
}

/** Plays every scenario with the Android SDK, one after the other. */
export async function playAndroid(): Promise<readonly Played[]> {
  return onAndroid(async (stage) => {
    const played: Played[] = []
    for (const scenario of [...honest, ...processes, ...tampered]) {
      try {
        await scenario.play(stage)
        played.push({ name: scenario.name })
      } catch (error) {
        played.push({ name: scenario.name, fault: error instanceof Error ? error.message : String(error) })
      }
    }
    return played
  })
}

/** Carries out the attacks in which the Android SDK takes part. @param only by their ids; default: all */
export async function attackAndroid(only?: readonly string[]): Promise<readonly AttackedSdk[]> {
  return onAndroid((stage) => attackSdk(stage, chosen(androidAttacks, only)))
}

async function onAndroid<T>(work: (stage: Stage) => Promise<T>): Promise<T> {
  const command = await phoneCommand()
  const world = await setAndroidWorld()
  const program = startProgram(command)
  try {
    return await work({ world, program, start: async () => startProgram(command) })
  } finally {
    await program.close()
    await world.close()
  }
}
