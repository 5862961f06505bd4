import { readFile } from 'node:fs/promises'
import { honest } from '../scenarios/honest.ts'
import { killed } from '../scenarios/killed.ts'
import { processes } from '../scenarios/processes.ts'
import type { Played } from '../scenarios/play-each.ts'
import { playScenarios } from '../scenarios/play-scenarios.ts'
import type { Scenario } from '../scenarios/scenario.ts'
import { tampered } from '../scenarios/tampered.ts'
import { iphoneNames, playOnIphone } from './on-iphone.ts'
import { inReactNative } from './scenarios.ts'
import type { ReactNativeTools } from './tools.ts'
import { updates } from './updates.ts'

interface PlayOptions {
  /** Those whose names hold them. */
  readonly words?: string
  /** Builds `assay-react-native` of Swift; `undefined` where there is no Swift. */
  readonly onIphone?: () => Promise<string | undefined>
}

/** Plays the scenarios of the Android SDK through the bridge, and those that JavaScript adds; and an iPhone's, where there is Swift. */
export async function playReactNative(
  tools: ReactNativeTools,
  { words = '', onIphone }: PlayOptions = {},
): Promise<readonly Played[]> {
  const all = [...honest, ...killed, ...processes, ...tampered, ...addedByJavaScript(tools)]
  const chosen = all.filter(({ name }) => name.includes(words))
  const played = chosen.length === 0 ? [] : await playInReactNative(tools, chosen)
  const program = iphoneNames.some((name) => name.includes(words)) ? await onIphone?.() : undefined
  return program === undefined ? played : [...played, ...(await playOnIphone(tools, program, words))]
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

async function filesOf(bundle: string): Promise<Readonly<Record<string, Buffer>>> {
  return { 'assets/index.android.bundle': await readFile(bundle) }
}
