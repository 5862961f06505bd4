import type { Played } from '../run-scenarios.ts'
import { attackSdk, chosen, type AttackedSdk } from '../attacks/attack.ts'
import { iosAttacks } from '../attacks/ios.ts'
import { killedSituations } from './killed.ts'
import { iosSituations } from './situations.ts'
import { setIosStage } from './stage.ts'

/**
 * Plays the situations with the iOS SDK, one after the other.
 *
 * @param program `assay-phone`, built
 * @param words those whose names hold them
 */
export async function playIos(program: string, words = ''): Promise<readonly Played[]> {
  const stage = await setIosStage(program)
  const played: Played[] = []
  try {
    const all = [...iosSituations, ...killedSituations]
    for (const { name, run } of all.filter((situation) => situation.name.includes(words))) {
      try {
        await run(stage)
        played.push({ name })
      } catch (error) {
        played.push({ name, fault: error instanceof Error ? error.message : String(error) })
      }
    }
  } finally {
    await stage.close()
  }
  return played
}

/**
 * Carries out the attacks in which the iOS SDK takes part.
 *
 * @param program `assay-phone`, built
 * @param only by their ids; default: all
 */
export async function attackIos(program: string, only?: readonly string[]): Promise<readonly AttackedSdk[]> {
  const stage = await setIosStage(program)
  try {
    return await attackSdk(stage, chosen(iosAttacks, only))
  } finally {
    await stage.close()
  }
}
