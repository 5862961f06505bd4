import type { LiveOutcome } from '@assay/measurement'
import type { SoftwareClaims } from '../claims.ts'
import type { MeasuredBuild } from '../context.ts'
import { SoftwareError } from '../errors.ts'

/**
 * A response without source is believed only of an engine that shows none: otherwise leaving the step out would be the
 * way round it.
 */
export function checkLiveCode(
  live: LiveOutcome,
  build: Pick<MeasuredBuild, 'showsSource'>,
): SoftwareClaims['live'] {
  switch (live) {
    case 'shown':
      return 'matched'
    case 'absent':
      if (build.showsSource) throw new SoftwareError('SOFTWARE_LIVE_CODE')
      return 'absent'
    case 'not_asked':
      return 'not_asked'
  }
}
