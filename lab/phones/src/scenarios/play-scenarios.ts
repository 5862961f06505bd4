import { setAndroidWorld } from '../android/world.ts'
import { startProgram, type ProgramCommand } from '../program/phone-program.ts'
import { playEach, type Played } from './play-each.ts'
import type { Scenario, Stage } from './scenario.ts'

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
