import { phoneCommand } from './android/tools.ts'
import { setAndroidWorld } from './android/world.ts'
import { androidAttacks } from './attacks/android.ts'
import { attackSdk, chosen, type AttackedSdk } from './attacks/attack.ts'
import { startProgram, type ProgramCommand } from './program/phone-program.ts'
import { development } from './scenarios/development.ts'
import { honest } from './scenarios/honest.ts'
import type { Scenario, Stage } from './scenarios/scenario.ts'
import { killed } from './scenarios/killed.ts'
import { processes } from './scenarios/processes.ts'
import { splits } from './scenarios/splits.ts'
import { tampered } from './scenarios/tampered.ts'

/** The outcome of one scenario. `fault`: the difference from the expectation. */
export interface Played {
  readonly name: string
  readonly fault?: string
}

/** Plays every scenario with the Android SDK, one after the other. */
export async function playAndroid(): Promise<readonly Played[]> {
  return playScenarios(await phoneCommand(), [
    ...honest,
    ...killed,
    ...processes,
    ...splits,
    ...tampered,
    ...development,
  ])
}

/**
 * Plays scenarios with processes that a command starts, one after the other.
 *
 * @param files of the app, besides those of the published one that it is made from
 */
export async function playScenarios(
  command: ProgramCommand,
  scenarios: readonly Scenario[],
  files: Readonly<Record<string, Buffer>> = {},
): Promise<readonly Played[]> {
  return withProgram(command, (stage) => playEach(scenarios, (scenario) => scenario.play(stage)), files)
}

/** Plays one after the other. One that fails stops none of those behind it. */
export async function playEach<T extends { readonly name: string }>(
  all: readonly T[],
  play: (one: T) => Promise<void>,
): Promise<readonly Played[]> {
  const played: Played[] = []
  for (const one of all) {
    try {
      await play(one)
      played.push({ name: one.name })
    } catch (error) {
      played.push({ name: one.name, fault: error instanceof Error ? error.message : String(error) })
    }
  }
  return played
}

/** Carries out the attacks in which the Android SDK takes part. @param only by their ids; default: all */
export async function attackAndroid(only?: readonly string[]): Promise<readonly AttackedSdk[]> {
  return withProgram(await phoneCommand(), (stage) => attackSdk(stage, chosen(androidAttacks, only)))
}

export async function withProgram<T>(
  command: ProgramCommand,
  work: (stage: Stage) => Promise<T>,
  files: Readonly<Record<string, Buffer>> = {},
): Promise<T> {
  const world = await setAndroidWorld(files)
  const program = startProgram(command)
  try {
    return await work({ world, program, start: async () => startProgram(command) })
  } finally {
    await program.close()
    await world.close()
  }
}
