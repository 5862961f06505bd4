import type { RefusalCount } from '@assay/service'

/** The most frequent first. */
export function denialsOf(refusals: readonly RefusalCount[], id: string): RefusalCount[] {
  return refusals
    .filter(({ build, outcome }) => build === id && outcome === 'denied')
    .sort((one, other) => other.count - one.count)
}
