import { readFile } from 'node:fs/promises'
import { phoneCommand, type ReactNativeTools } from '@assay/phones'
import { withProgram, type Stage } from '@assay/phones/android'
import { setIosStage, type IosStage } from '@assay/phones/ios'
import type { Expected } from './attack/attack.ts'
import type { Code, WithSdk } from './attack/sdks.ts'
import { catalogue } from './catalogue.ts'
import { foreignScript } from './drivers/hermes.ts'
import * as kotlin from './drivers/kotlin.ts'
import * as swift from './drivers/swift.ts'

/** An attack of the catalogue, carried out with one of the SDKs on a simulated phone. */
export interface SdkAttack<Scene> {
  readonly id: string
  /** The operator's code, several in alphabetical order with commas; `null`: the attacker is served. */
  readonly expected: Code
  readonly attack: (stage: Scene) => Promise<Code>
  readonly twin: (stage: Scene) => Promise<Code>
}

/** The outcome of an attack with an SDK. `fault`: the difference from the expectation. */
export interface AttackedSdk {
  readonly id: string
  readonly code: Code
  readonly fault?: string
}

/** Attacks in which the Kotlin SDK takes part. */
export const kotlinAttacks: readonly SdkAttack<Stage>[] = catalogue.flatMap(({ id, expected, sdks }) =>
  attacksWith(id, expected['assay-hardware'], sdks.kotlin, kotlin.attempt),
)

/** Attacks in which the Swift SDK takes part. */
export const swiftAttacks: readonly SdkAttack<IosStage>[] = catalogue.flatMap(({ id, expected, sdks }) =>
  attacksWith(id, expected['assay-hardware'], sdks.swift, swift.attempt),
)

/** Attacks in which JavaScript over the bridge takes part: those of the Kotlin SDK, and its own. */
export const hermesAttacks: readonly SdkAttack<Stage>[] = [
  ...catalogue.flatMap(({ id, expected, sdks: { kotlin: native, hermes = native } }) =>
    attacksWith(id, expected['assay-hardware'], hermes, kotlin.attempt),
  ),
  foreignScript,
]

/** The attack, or none where there is a reason in its place. */
function attacksWith<Scene>(
  id: string,
  hardware: Expected,
  withSdk: WithSdk<Scene> | string,
  genuine: (stage: Scene) => Promise<Code>,
): readonly SdkAttack<Scene>[] {
  if (typeof withSdk === 'string') return []
  const tries = typeof withSdk === 'function' ? { attack: withSdk } : withSdk
  const { attack, twin = (stage) => genuine(stage), code } = tries
  return [{ id, expected: code ?? (hardware.outcome === 'refused' ? hardware.code : null), attack, twin }]
}

/** Carries out attacks one after the other. */
async function carryOut<Scene>(
  stage: Scene,
  attacks: readonly SdkAttack<Scene>[],
): Promise<readonly AttackedSdk[]> {
  const results: AttackedSdk[] = []
  for (const { id, expected, attack, twin } of attacks) {
    try {
      const code = await attack(stage)
      const twinCode = await twin(stage)
      if (twinCode !== null) results.push({ id, code, fault: `its twin is refused: ${twinCode}` })
      else if (code !== expected) results.push({ id, code, fault: `${code} instead of ${expected}` })
      else results.push({ id, code })
    } catch (error) {
      results.push({ id, code: null, fault: error instanceof Error ? error.message : String(error) })
    }
  }
  return results
}

/** The attacks with these ids. @throws Error for an unknown id */
function chosen<Scene>(
  attacks: readonly SdkAttack<Scene>[],
  only: readonly string[] | undefined,
): readonly SdkAttack<Scene>[] {
  if (only === undefined) return attacks
  return only.map((wanted) => {
    const found = attacks.find(({ id }) => id === wanted)
    if (found === undefined) throw new Error(`no attack is called ${wanted}`)
    return found
  })
}

/** Carries out the attacks in which the Kotlin SDK takes part. @param only by their ids; default: all */
export async function attackKotlin(only?: readonly string[]): Promise<readonly AttackedSdk[]> {
  return withProgram(await phoneCommand(), (stage) => carryOut(stage, chosen(kotlinAttacks, only)))
}

/** The same of the Swift SDK. @param program `assay-phone`, built */
export async function attackSwift(
  program: string,
  only?: readonly string[],
): Promise<readonly AttackedSdk[]> {
  const stage = await setIosStage(program)
  try {
    return await carryOut(stage, chosen(swiftAttacks, only))
  } finally {
    await stage.close()
  }
}

/** The same of JavaScript in Hermes, over the bridge. */
export async function attackHermes(
  { program, bundle }: ReactNativeTools,
  only?: readonly string[],
): Promise<readonly AttackedSdk[]> {
  const files = { 'assets/index.android.bundle': await readFile(bundle) }
  return withProgram(program, (stage) => carryOut(stage, chosen(hermesAttacks, only)), files)
}
