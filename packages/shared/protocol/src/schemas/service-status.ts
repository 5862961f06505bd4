import { z } from 'zod'
import { apiKey } from './api-key.ts'
import { at, count } from './values.ts'

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

/** How full a cache of the process is, in members or bytes. */
const cacheFill = z.object({
  name: z.enum(['used_challenges', 'plans', 'digests']),
  held: count,
  most: count,
})
export type CacheFill = z.infer<typeof cacheFill>

/** How long the status list of an API is, of those that guards have asked for of late. */
const statusListSize = z.object({
  api: z.string(),
  /** Banned installations in it. */
  names: count,
  /** Retired builds in it. */
  builds: count,
  /** Files that hold the names; 0: the list itself does. */
  shards: count,
  /** Of the list and its files, before compression. */
  bytes: count,
})
export type StatusListSize = z.infer<typeof statusListSize>

/** A list of a vendor that the service reads again and again, once an app needs it. */
const vendorList = z.object({
  name: z.literal('android_status_list'),
  /** When the vendor stated that the list was valid that this node has; null: it has none. */
  read_at: at.nullable(),
  /** Until when it counts, if the vendor cannot be asked. */
  usable_until: at.nullable(),
  /** When the vendor was last asked, and `ok` or the code of the fault. */
  asked_at: at,
  answer: z.string(),
})
export type VendorList = z.infer<typeof vendorList>

/** The state of what the service depends on, at the time of the request. */
const state = z.object({
  /** Milliseconds that one write to the database took; null: the database did not take it. */
  store_latency_ms: z.number().nullable(),
  /** Free bytes on the disk of the data folder; null: the system does not say. */
  disk_free_bytes: z.number().nullable(),
  /** How often the database did not answer in time or lost the connection within the last hour. */
  store_timeouts: count,
  caches: z.array(cacheFill),
  status_lists: z.array(statusListSize),
  vendor_lists: z.array(vendorList),
})

/** How the service was started, as far as an operator needs to know to judge whether it is safe. */
const serviceSettings = z.object({
  /** Of the release that runs. */
  version: z.string(),
  /** The issuer of its tokens. */
  public_url: z.string(),
  /** Address that it listens on. */
  host: z.string(),
  store: z.enum(['sqlite', 'postgres']),
  /** Seconds for which one plan is used for a build. */
  epoch_length: count,
  log_level: z.enum(logLevels),
  trusted_proxies: z.array(z.string()),
  /** Whether it trusts the roots of a test world in addition to those of Apple and Google. */
  test_vendors: z.boolean(),
  /** Whether it has a Google service account, which is needed for tokens that only Google decodes. */
  google_credentials: z.boolean(),
})
export type ServiceSettings = z.infer<typeof serviceSettings>

/** Answer to `GET /v1/service`. */
export const serviceStatus = serviceSettings.extend({
  started_at: at,
  /** By the service's clock. */
  server_time: at,
  health: state,
  /** The key that asked. */
  api_key: apiKey.pick({ id: true, name: true, scope: true }),
})
export type ServiceStatus = z.infer<typeof serviceStatus>

/** Answer to `POST /v1/signing-keys/rotate`. */
export const rotation = z.object({ kid: z.string(), withdrawn: z.array(z.string()) })
