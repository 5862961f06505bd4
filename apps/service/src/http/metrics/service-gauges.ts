import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { VendorList } from '@assay/protocol/schemas'
import type { ObserveTime } from '../../system/timed.ts'

interface MeasuredInstallations {
  dimension: string
  app: string
  value: string
  passed: number
  refused: number
}

/** Where the metrics of the service itself come from. */
export interface ServiceSources {
  /** Which parts of the service can do their work. */
  parts: () => Promise<ReadonlyMap<string, boolean>>
  /** Until when the signing keys are planned to sign, in Unix seconds; `undefined`: there is none. */
  signsUntil: () => number | undefined
  /** Roots whose dates count, by name, with the end of their validity in Unix seconds. */
  anchors: ReadonlyMap<string, number>
  /** When the last backup was made, in milliseconds since 1970; without it, the service does not see backups. */
  lastBackup?: (() => number | undefined) | undefined
  /** When this process last found the audit log broken, in milliseconds since 1970; `undefined`: it has not. */
  auditBrokenAt: () => number | undefined
  /** Lists of vendors, once an app needs them. */
  vendorLists: () => readonly VendorList[]
  /** What viewers of live outcomes were not shown, since the node started. */
  live: () => { readonly leftOut: number }
  /** How many support has let through today: all keys together, and the key that did so most. */
  letThroughs: () => { readonly all: number; readonly most: number }
  /** Different installations of apps (`value` empty), and of the largest builds, within the last hour that is over. */
  installations: () => readonly MeasuredInstallations[]
  /** Milliseconds by which this node's clock is ahead of the database's; undefined: the store has no other clock. */
  clockOffset: () => number | undefined
  /** Networks of users that were beyond a limit within the last minutes. */
  limitedNetworks: () => number
  /** Different senders, whom hardware vouches for, that were refused since a build, or a system with it, last passed. */
  refusedBuilds: () => readonly { app: string; build: string; osVersion: string; senders: number }[]
  /** Each calls the observer with what one kind of store takes. */
  stores: Readonly<Record<string, (observe: ObserveTime<string>) => void>>
}

/** Upper bounds, in seconds. A statement of the embedded store takes a tenth of a millisecond. */
const storeBuckets = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
]

/** Whether the service works, and what ends if nobody does anything about it. The labels are a few fixed names. */
export function addServiceGauges(registry: Registry, sources: ServiceSources): void {
  const registers = [registry]
  new Gauge({
    name: 'assay_ready',
    help: 'Whether a part of the service can do its work (1) or not (0); with all of them at 1, /readyz answers 200.',
    labelNames: ['part'],
    registers,
    async collect() {
      for (const [part, isReady] of await sources.parts()) this.set({ part }, Number(isReady))
    },
  })
  new Gauge({
    name: 'assay_signing_key_expiry_timestamp_seconds',
    help: 'Until when the signing keys are planned to sign; rotation moves it on, a day before. 0: there is no key.',
    registers,
    collect() {
      this.set(sources.signsUntil() ?? 0)
    },
  })
  const anchors = new Gauge({
    name: 'assay_trust_anchor_expiry_timestamp_seconds',
    help: 'Until when a root certificate of a vendor is valid, for roots whose dates count.',
    labelNames: ['anchor'],
    registers,
  })
  for (const [anchor, notAfter] of sources.anchors) anchors.set({ anchor }, notAfter)
  new Gauge({
    name: 'assay_audit_broken_timestamp_seconds',
    help: 'When this process last found the audit log other than the service had left it. 0: it has not.',
    registers,
    collect() {
      this.set((sources.auditBrokenAt() ?? 0) / 1000)
    },
  })
  new Gauge({
    name: 'assay_clock_offset_seconds',
    help: 'Seconds by which the clock of this node is ahead of that of the database. Not there with the embedded store, which has none.',
    registers,
    collect() {
      const offset = sources.clockOffset()
      if (offset === undefined) this.remove()
      else this.set(offset / 1000)
    },
  })
  addVendorLists(registry, sources)
  addLive(registry, sources)
  addLetThroughs(registry, sources)
  addInstallations(registry, sources)
  addRefusedBuilds(registry, sources)
  addBackup(registry, sources)
  addStores(registry, sources)
}

function addVendorLists(registry: Registry, { vendorLists }: ServiceSources): void {
  const registers = [registry]
  const labelNames = ['list'] as const
  const seconds = (time: string | null) => (time === null ? 0 : Date.parse(time) / 1000)
  new Gauge({
    ...{ name: 'assay_vendor_list_read_timestamp_seconds', labelNames, registers },
    help: 'When a vendor stated that the list was valid that this node has. 0: it has none.',
    collect() {
      for (const { name, read_at: at } of vendorLists()) this.set({ list: name }, seconds(at))
    },
  })
  new Gauge({
    ...{ name: 'assay_vendor_list_usable_until_timestamp_seconds', labelNames, registers },
    help: 'Until when it counts while the vendor cannot be asked; after it every attestation that needs it is a malfunction.',
    collect() {
      for (const { name, usable_until: until } of vendorLists()) this.set({ list: name }, seconds(until))
    },
  })
  new Gauge({
    name: 'assay_vendor_list_answer',
    help: 'The last answer of the vendor, as a label: ok, or the code of the fault.',
    labelNames: ['list', 'answer'],
    registers,
    collect() {
      this.reset()
      for (const { name, answer } of vendorLists()) this.set({ list: name, answer }, 1)
    },
  })
}

function addLive(registry: Registry, { live }: ServiceSources): void {
  const registers = [registry]
  new Counter({
    name: 'assay_live_outcomes_left_out_total',
    help: 'Live outcomes that were too many to be shown to those who watch at this node.',
    registers,
    collect() {
      this.reset()
      this.inc(live().leftOut)
    },
  })
}

/** Every node has the same numbers, which are those of all nodes. */
function addLetThroughs(registry: Registry, { letThroughs }: ServiceSources): void {
  const registers = [registry]
  new Gauge({
    name: 'assay_let_throughs_today',
    help: 'Installations that API keys have let through for a day, as support does, since midnight (UTC).',
    registers,
    collect() {
      this.set(letThroughs().all)
    },
  })
  new Gauge({
    name: 'assay_let_throughs_today_most',
    help: 'Those of the key that has let most through. A key may let ten through a day.',
    registers,
    collect() {
      this.set(letThroughs().most)
    },
  })
}

const installationOutcomes = ['passed', 'refused'] as const

/** Every node has the same numbers, which are those of all nodes. */
function addInstallations(registry: Registry, { installations }: ServiceSources): void {
  const registers = [registry]
  new Gauge({
    name: 'assay_installations',
    help: 'Different installations that attested within the last full hour, by what became of them.',
    labelNames: ['app', 'outcome'],
    registers,
    collect() {
      this.reset()
      for (const { dimension, app, ...counts } of installations())
        if (dimension === 'app')
          for (const outcome of installationOutcomes) this.set({ app, outcome }, counts[outcome])
    },
  })
  new Gauge({
    name: 'assay_build_installations',
    help: 'Different installations that attested within the last full hour with a build, of the 200 largest builds.',
    labelNames: ['app', 'build', 'outcome'],
    registers,
    collect() {
      this.reset()
      for (const { dimension, app, value: build, ...counts } of installations())
        if (dimension === 'build')
          for (const outcome of installationOutcomes) this.set({ app, build, outcome }, counts[outcome])
    },
  })
}

/** Of refused builds, every node has the same numbers, which are those of all nodes. */
function addRefusedBuilds(registry: Registry, { refusedBuilds, limitedNetworks }: ServiceSources): void {
  const registers = [registry]
  new Gauge({
    name: 'assay_user_networks_limited',
    help: 'Networks from which 20 hardware-backed phones have passed, and which were beyond a limit within five minutes.',
    registers,
    collect() {
      this.set(limitedNetworks())
    },
  })
  new Gauge({
    name: 'assay_build_refused_since_passed',
    help: 'Different hardware-backed senders that a build refused within the last hour, since it last passed anybody.',
    labelNames: ['app', 'build'],
    registers,
    collect() {
      this.reset()
      for (const { app, build, osVersion, senders } of refusedBuilds())
        if (osVersion === '') this.set({ app, build }, senders)
    },
  })
  new Gauge({
    name: 'assay_build_os_refused_since_passed',
    help: 'The same for one version of a system with the build, from 20 senders on.',
    labelNames: ['app', 'build', 'os_version'],
    registers,
    collect() {
      this.reset()
      for (const { app, build, osVersion, senders } of refusedBuilds())
        if (osVersion !== '') this.set({ app, build, os_version: osVersion }, senders)
    },
  })
}

function addBackup(registry: Registry, { lastBackup }: ServiceSources): void {
  if (lastBackup === undefined) return
  new Gauge({
    name: 'assay_backup_timestamp_seconds',
    help: 'When `assay backup` last copied the data folder. 0: never. Not there with PostgreSQL, which has its own backups.',
    registers: [registry],
    collect() {
      this.set((lastBackup() ?? 0) / 1000)
    },
  })
}

function addStores(registry: Registry, { stores }: ServiceSources): void {
  const duration = new Histogram({
    name: 'assay_store_duration_seconds',
    help: 'How long requests waited for a connection to the database, for a statement over it, or for a call to Valkey.',
    labelNames: ['store', 'step'],
    buckets: storeBuckets,
    registers: [registry],
  })
  for (const [store, follow] of Object.entries(stores))
    follow((step, seconds) => duration.observe({ store, step }, seconds))
}
