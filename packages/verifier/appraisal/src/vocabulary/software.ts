import { bool, int, oneOf, optional, probes, record, text } from '@assay/evidence'
import { coverages, platforms } from '@assay/protocol'

/** The format of measurements: every attestation has one, so that no vocabulary is without it. */
export const measurementFormat = 'software'

export const softwareClaims = record({
  measured: bool,
  app: text,
  build: text,
  platform: oneOf(...platforms),
  versionCode: int,
  coverage: oneOf(...coverages),
  lazy: optional(oneOf('pinned', 'unmeasured')),
  abi: optional(text),
  debuggable: bool,
  live: oneOf('matched', 'absent', 'not_applicable', 'not_asked'),
  text: oneOf('matched', 'differs', 'absent', 'not_asked'),
  probes,
})
