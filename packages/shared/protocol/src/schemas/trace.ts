import { z } from 'zod'
import { at, audience, thumbprint } from './values.ts'

/** `hearsay`: nothing was attested; the SDK reported, unsigned, a failure that the service had not seen. */
export const traceOutcomes = ['denied', 'malfunction', 'hearsay'] as const

/** What a device says of itself, in `User-Agent`. Anybody can say it. Null: it says nothing that is understood. */
export const saidDevice = z.object({
  os_version: z.string().max(32).nullable(),
  model: z.string().max(32).nullable(),
})
export type SaidDevice = z.infer<typeof saidDevice>

/** What hardware or its vendor states of a device. Null: nothing. */
export const vouchedDevice = z.object({
  os_version: z.string().max(32).nullable(),
  /** `YYYY-MM`, or with a day. */
  patch_level: z.string().max(32).nullable(),
})
export type VouchedDevice = z.infer<typeof vouchedDevice>

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
  /** Thumbprint of the installation key; null: the sender has not proved possession of one. */
  key: thumbprint.nullable(),
  /** Likewise. `vouched` is null unless evidence was verified. */
  device: z.object({ vouched: vouchedDevice.nullable(), said: saidDevice.nullable() }).nullable(),
  /** APIs whose policy refused the tier, with the tier; none: something before the policy refused. */
  refused: z.array(
    z.object({
      audience,
      tier: z.string(),
      code: z.string(),
      /** Set if its code is not the registered one, which the first days of a release admit. */
      code_differs: z.literal(true).optional(),
    }),
  ),
})
export type AttestationTrace = z.infer<typeof trace>

/** As in lists. */
export const listedTrace = trace.omit({ segments: true, ear: true, device: true, refused: true })
export type ListedTrace = z.infer<typeof listedTrace>

/** With the names that the tokens of its APIs have for the installation; none if its key is null. */
export const shownTrace = trace.extend({
  names: z.array(z.object({ audience, installation: thumbprint })),
})
export type ShownTrace = z.infer<typeof shownTrace>
