import { readFile } from 'node:fs/promises'
import { playScenarios, type Played } from '../run-scenarios.ts'
import { honest } from '../scenarios/honest.ts'
import { processes } from '../scenarios/processes.ts'
import type { Scenario } from '../scenarios/scenario.ts'
import { tampered } from '../scenarios/tampered.ts'
import { inReactNative } from './scenarios.ts'
import type { ReactNativeTools } from './tools.ts'
import { updates } from './updates.ts'

/**
 * Plays the scenarios of the Android SDK through the bridge, and those that JavaScript adds.
 *
 * @param words those whose names hold them
 */
export async function playReactNative(tools: ReactNativeTools, words = ''): Promise<readonly Played[]> {
  const all = [...honest, ...processes, ...tampered, ...addedByJavaScript(tools)]
  return playInReactNative(
    tools,
    all.filter(({ name }) => name.includes(words)),
  )
}

/** What JavaScript adds to the life of an app. */
export function addedByJavaScript(tools: ReactNativeTools): readonly Scenario[] {
  return [...inReactNative, ...updates(tools)]
}

/** With the bundle in the registered app that it runs. */
export async function playInReactNative(
  { program, bundle }: ReactNativeTools,
  scenarios: readonly Scenario[],
): Promise<readonly Played[]> {
  return playScenarios(program, scenarios, await filesOf(bundle))
}

export async function filesOf(bundle: string): Promise<Readonly<Record<string, Buffer>>> {
  return { 'assets/index.android.bundle': await readFile(bundle) }
}
