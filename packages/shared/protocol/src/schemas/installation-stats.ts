import { z } from 'zod'
import { at, count } from './values.ts'

/** Different installations of a group; one that passed and was refused is in both. */
const installations = z.object({
  passed: count,
  refused: count,
  /** A number is an estimate, with the standard error of the answer; left out: both are exact. */
  approximate: z.literal(true).exactOptional(),
})

/** Answer to `GET /v1/stats/installations`. */
export const installationStats = z.object({
  since: at,
  until: at,
  groups: z.array(
    installations.extend({
      /** When the span began. */
      at: at.exactOptional(),
      app: z.string(),
      build: z.string().exactOptional(),
      /** As new evidence states it, otherwise as the sender does, otherwise as evidence did at the enrolment; empty: none does. */
      os_version: z.string().exactOptional(),
      tier: z.string().exactOptional(),
      code: z.string().exactOptional(),
      /** All values together that are not counted by themselves; it has none of these names. */
      other: z.literal(true).exactOptional(),
    }),
  ),
  /** There are more groups than requested. */
  truncated: z.boolean(),
  /** Standard error of approximate numbers, as a share. */
  standard_error: z.number(),
})
export type InstallationStats = z.infer<typeof installationStats>

/** What became of the installations of one build. */
const buildReach = installations.extend({
  build: z.string(),
  version_name: z.string().nullable(),
  version_code: count,
  /** Those that passed or were refused, each once. */
  reached: count,
  /** Why they were refused, the most frequent first; at most 20. */
  reasons: z.array(z.object({ code: z.string(), installations: count })),
})

/** Why a roll-out is not yet safe to enforce. */
export const rolloutDoubts = ['too_few', 'refused', 'os_version', 'observed', 'uncounted'] as const

/** Answer to `GET /v1/apps/{app}/rollout`. */
export const rollout = z.object({
  app: z.string(),
  /** Beginning of the hour that was asked for; beyond 14 days, of the day. */
  since: at,
  until: at,
  /** Installations of the app, whatever their build. */
  installations: installations.extend({ reached: count }),
  /** Null: there is no such build, or none at all. */
  build: buildReach.nullable(),
  /** The build before it; null: there is none. */
  previous: buildReach.nullable(),
  /** Of the app, those with most refused first; at most 50. `before`: within as long a time before `since`. */
  os_versions: z.array(installations.extend({ os_version: z.string(), before: installations })),
  /** Installations of the app by tier. */
  tiers: z.array(installations.extend({ tier: z.string() })),
  safe_to_enforce: z.object({
    is_safe: z.boolean(),
    /** Everything that speaks against it; empty: nothing does. */
    doubts: z.array(
      z.object({
        kind: z.enum(rolloutDoubts),
        /** The installations that it is about. */
        installations: count,
        /** The OS version, the API that would refuse them, or what had too many values for each to be counted. */
        of: z.string().exactOptional(),
      }),
    ),
    /** 95 % interval of the share of the build's installations that are refused; wider by two standard errors if they are estimated. */
    refused_share: z.object({ low: z.number(), high: z.number() }),
    /** What is demanded. */
    rule: z.object({
      /** Installations that the build must have reached. */
      least_reached: count,
      /** At most: the upper end of the share that is refused, and of the share that an API that only observes would refuse. */
      most_refused: z.number(),
      /** An OS version counts from so many refused installations on, ... */
      least_of_os_version: count,
      /** ... if the lower end of the share of it that is refused is more than this. */
      most_of_os_version: z.number(),
    }),
  }),
  standard_error: z.number(),
})
export type Rollout = z.infer<typeof rollout>
