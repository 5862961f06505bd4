import { z } from 'zod'
import { settingsRemarks } from '../wire/app-evidence.ts'
import { platforms } from '../wire/tier.ts'
import { traceOutcomes } from './trace.ts'
import { at, count } from './values.ts'

/** When an installation last attested with a build. */
export const buildActivity = z.object({
  build: z.string(),
  /** To the hour or so; null: never. */
  last_seen_at: at.nullable(),
})
export type BuildActivity = z.infer<typeof buildActivity>

/** How often the same happened to attestations of one build. */
const refusalCount = z.object({
  build: z.string(),
  outcome: z.enum(traceOutcomes),
  code: z.string(),
  count: z.int().min(1),
  /** The time of the newest. */
  last_at: at,
})
export type RefusalCount = z.infer<typeof refusalCount>

/** Answer to `GET /v1/apps/{app}/activity`. */
export const appActivity = z.object({
  app: z.string(),
  /** Since when refusals are counted. */
  since: at,
  refusals: z.array(refusalCount),
  /** The kinds of evidence that it may send, and remarks about their settings. */
  evidence: z.array(z.object({ name: z.string(), remarks: z.array(z.enum(settingsRemarks)).readonly() })),
  /**
   * Installations seen since then, and by kind of evidence how many of them have sent none of it. At their next
   * enrolment they cannot show what they lack, unless nobody has asked them for it.
   */
  installations: z.object({ total: count, without: z.record(z.string(), count) }),
})
export type AppActivity = z.infer<typeof appActivity>

/** Answer to `GET /v1/unregistered-builds`: what many devices name, as the node that answers sees it. */
export const unregisteredBuilds = z.object({
  /** By the number of networks, the most first; at most 100. */
  builds: z.array(
    z.object({
      app: z.string(),
      /** As the devices name it. Whoever has as many networks can make one up. */
      build: z.string(),
      /** Distinct networks (/24, /48) that named it within `minutes`, as many as `at_least` and more; 50 stands for more. */
      networks: z.int().min(1).max(50),
      /** It waits for an admin to activate it; otherwise it is not registered at all. */
      pending: z.boolean(),
    }),
  ),
  minutes: count,
  at_least: count,
  /** Nodes that serve. Each counts what it sees, so a build may be named to the others by more networks than here. */
  nodes: z.int().min(1),
})
export type UnregisteredBuilds = z.infer<typeof unregisteredBuilds>

/** A kind of evidence that apps may send. `form`: JSON Schema of the settings, or of the secret. */
export const evidenceKind = z.object({
  name: z.string(),
  platform: z.enum(platforms),
  form: z.looseObject({}),
  /** Settings to start from. */
  example: z.unknown(),
  secret: z.object({ name: z.string(), form: z.looseObject({}) }).nullable(),
})
export type EvidenceKind = z.infer<typeof evidenceKind>
