import { phoneCommand } from './android/tools.ts'
import { setAndroidWorld } from './android/world.ts'
import { startProgram } from './program/phone-program.ts'
import { honest } from './scenarios/honest.ts'
import { processes } from './scenarios/processes.ts'
import { tampered } from './scenarios/tampered.ts'

/** What one scenario came to. `fault`: what was not as expected. */
export interface Played {
  readonly name: string
  readonly fault?: string
}

/** Plays every scenario with the Android SDK, one after the other. */
export async function playAndroid(): Promise<readonly Played[]> {
  const command = await phoneCommand()
  const world = await setAndroidWorld()
  const program = startProgram(command)
  const stage = { world, program, start: async () => startProgram(command) }
  const played: Played[] = []
  try {
    for (const scenario of [...honest, ...processes, ...tampered]) {
      try {
        await scenario.play(stage)
        played.push({ name: scenario.name })
      } catch (error) {
        played.push({ name: scenario.name, fault: error instanceof Error ? error.message : String(error) })
      }
    }
  } finally {
    await program.close()
    await world.close()
  }
  return played
}
