import { z } from 'zod'
import { at } from './values.ts'

/** `hearsay`: nothing was attested; the SDK reported, unsigned, a failure that the service had not seen. */
export const traceOutcomes = ['denied', 'malfunction', 'hearsay'] as const

/** What an operator can look up about an attestation that gave no token. */
export const trace = z.object({
  trace: z.string(),
  at,
  app: z.string(),
  build: z.string(),
  outcome: z.enum(traceOutcomes),
  /**
   * The reason’s own code: one of the evidence, appraisal or problem codes. For unsigned reports, the codes as reported,
   * separated by commas.
   */
  code: z.string(),
  /**
   * Names of segments whose tags differ from the registered ones, at most 20; `missing:` and a name for what the app
   * lacks, `unregistered:` and a name for what the build does not have. `build:` and an id come first if the differing
   * bytes are those of that build of the app.
   */
  segments: z.array(z.string()),
  /** The appraisal, if it got that far, as an EAR (draft-ietf-rats-ear) with the AR4SI vector; null otherwise. */
  ear: z.unknown(),
})
export type AttestationTrace = z.infer<typeof trace>

/** As in lists. */
export const listedTrace = trace.omit({ segments: true, ear: true })
export type ListedTrace = z.infer<typeof listedTrace>
