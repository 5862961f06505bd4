import { z } from 'zod'
import { api } from './api.ts'
import { build } from './build.ts'
import { at, audience, count, thumbprint } from './values.ts'

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

/** Attestations of the build of a trace that proved possession, within some time. */
const recentCounts = z.object({
  passed: count,
  refused: count,
  /** Of the refused, those with the code of the trace. */
  alike: count,
})

/** A trace, and what every key that may see it may know of its build and its APIs. */
export const shownTrace = trace.extend({
  /** The names that the tokens of its APIs have for the installation; none if its key is null. */
  names: z.array(z.object({ audience, installation: thumbprint })),
  /** Of the last 15 minutes, and of the day before them. */
  recent: z.object({ now: recentCounts, before: recentCounts }),
  /** The build that it names. Null: it is not registered, or no longer. `last_seen_at`: when a device with it last passed. */
  registered_build: build
    .pick({ state: true, version_code: true, version_name: true, created_at: true })
    .extend({ last_seen_at: at.nullable() })
    .nullable(),
  /** APIs that the app may call: the first 100, by audience. */
  apis: z.array(
    api.pick({ audience: true, tiers: true, enforcement: true, policy: true, allow_listed: true }),
  ),
  /** Whether the key may also read builds, activity and statistics. */
  may_read_all: z.boolean(),
})
export type ShownTrace = z.infer<typeof shownTrace>
