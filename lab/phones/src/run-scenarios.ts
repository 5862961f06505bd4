import { phoneCommand } from './android/tools.ts'
import { development } from './scenarios/development.ts'
import { honest } from './scenarios/honest.ts'
import { live } from './scenarios/live.ts'
import type { Played } from './scenarios/play-each.ts'
import { playScenarios } from './scenarios/play-scenarios.ts'
import { killed } from './scenarios/killed.ts'
import { processes } from './scenarios/processes.ts'
import { splits } from './scenarios/splits.ts'
import { tampered } from './scenarios/tampered.ts'

/** Plays every scenario with the Android SDK, one after the other. */
export async function playAndroid(): Promise<readonly Played[]> {
  return playScenarios(await phoneCommand(), [
    ...honest,
    ...live,
    ...killed,
    ...processes,
    ...splits,
    ...tampered,
    ...development,
  ])
}
