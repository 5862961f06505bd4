import { playEach, type Played } from './scenarios/play-each.ts'
import { attackSdk, chosen, type AttackedSdk } from './attacks/attack.ts'
import { iosAttacks } from './attacks/ios.ts'
import { killedSituations } from './ios/killed.ts'
import { iosSituations } from './ios/situations.ts'
import { setIosStage } from './ios/stage.ts'

/**
 * Plays the situations with the iOS SDK, one after the other.
 *
 * @param program `assay-phone`, built
 * @param words those whose names hold them
 */
export async function playIos(program: string, words = ''): Promise<readonly Played[]> {
  const stage = await setIosStage(program)
  try {
    const all = [...iosSituations, ...killedSituations].filter(({ name }) => name.includes(words))
    return await playEach(all, (situation) => situation.run(stage))
  } finally {
    await stage.close()
  }
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
