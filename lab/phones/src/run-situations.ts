import { playEach, type Played } from './scenarios/play-each.ts'
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
