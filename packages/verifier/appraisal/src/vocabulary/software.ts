import { bool, int, oneOf, probes, record, text } from '@assay/evidence'
import { coverages, platforms } from '@assay/protocol'

export const softwareClaims = record({
  measured: bool,
  app: text,
  build: text,
  platform: oneOf(...platforms),
  versionCode: int,
  coverage: oneOf(...coverages),
  debuggable: bool,
  live: oneOf('matched', 'absent', 'not_asked'),
  probes,
})
