import { playScenarios, type Played } from '../run-scenarios.ts'
import { honest } from '../scenarios/honest.ts'
import { processes } from '../scenarios/processes.ts'
import { tampered } from '../scenarios/tampered.ts'
import { inReactNative } from './scenarios.ts'
import type { ReactNativeTools } from './tools.ts'

/** Plays the scenarios of the Android SDK through the bridge, and those that JavaScript adds. */
export function playReactNative({ program }: ReactNativeTools): Promise<readonly Played[]> {
  return playScenarios(program, [...honest, ...processes, ...tampered, ...inReactNative])
}
