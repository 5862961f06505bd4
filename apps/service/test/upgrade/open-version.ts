import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { MemorySegment } from '@assay/client'
import { apkSegments, createGoogleMock, testVendors } from '@assay/testkit'
import { startService, type RunningService, type ServiceConfig } from '../../src/index.ts'
import { patiently } from '../support/running-service.ts'

/** An installation as its device keeps it. */
export interface KeptInstallation {
  readonly app: string
  readonly build: string
  readonly audience: string
  /** The last token, and when it ends: milliseconds since 1970. */
  readonly token: string
  readonly expiresAt: number
  /** PEM of the private installation key. */
  readonly key: string
  readonly claims: { readonly ear_status: string; readonly installation: string }
}

export type InstallationName = 'pixel' | 'playAlone' | 'chainAlone' | 'iphone' | 'banned' | 'web'

/** What `make-version.mjs` writes down. */
export interface KeptVersion {
  readonly madeAt: number
  readonly issuer: string
  readonly orders: string
  readonly apps: Readonly<Record<'android' | 'ios' | 'web', string>>
  readonly appId: string
  readonly builds: Readonly<Record<'android' | 'debug' | 'later' | 'ios' | 'web' | 'retired', string>>
  /** PEM: under these the vendors of its devices certified. */
  readonly roots: { readonly apple: string[]; readonly google: string[] }
  readonly adminKey: string
  readonly registrationKey: string
  readonly jwks: object
  readonly installations: Readonly<Record<InstallationName, KeptInstallation>>
  readonly signers: Readonly<Record<'release' | 'second' | 'debug', string>>
  readonly iphone: { readonly key: string; readonly counter: number }
}

export interface OpenedVersion {
  readonly kept: KeptVersion
  /** Milliseconds since 1970, a minute after the old service stopped, and moved by {@link advance}. */
  clock(): number
  advance(milliseconds: number): void
  /** The store as it is opened by the present version. */
  start(): Promise<RunningService>
  /** Code of an app as its build was installed. */
  segments(app: 'android' | 'ios' | 'web'): Promise<MemorySegment[]>
  /** `fetch` of devices and guards: the issuer of old is where the service listens now. */
  routed(service: RunningService): typeof fetch
  close(): Promise<void>
}

const versions = path.join(import.meta.dirname, 'versions')
const sealingKeyOf = 'sealing key of the upgrade test'

/** @param postgres connection string of an empty database, for the version's PostgreSQL instead of its SQLite */
export async function openVersion(commit: string, postgres: string | undefined): Promise<OpenedVersion> {
  const folder = path.join(versions, commit)
  const kind = postgres === undefined ? 'sqlite' : 'postgres'
  const kept = JSON.parse(readFileSync(path.join(folder, `${kind}.json`), 'utf8')) as KeptVersion
  const work = mkdtempSync(path.join(tmpdir(), 'assay-upgrade-'))
  execFileSync('tar', ['-xzf', path.join(folder, `${kind}.tgz`), '-C', work])
  if (postgres !== undefined) {
    const dump = path.join(folder, 'postgres.sql')
    execFileSync('psql', [postgres, '-q', '-v', 'ON_ERROR_STOP=1', '-f', dump], { stdio: 'pipe' })
  }
  let ahead = 60_000
  const openedAt = performance.now()
  const clock = () => kept.madeAt + ahead + Math.floor(performance.now() - openedAt)
  const mock = await createGoogleMock()
  const config: ServiceConfig = {
    dataFolder: path.join(work, 'data'),
    sealingKey: createHash('sha256').update(sealingKeyOf).digest(),
    ...(postgres === undefined ? {} : { postgres }),
    host: '127.0.0.1',
    port: 0,
    publicUrl: kept.issuer,
    logLevel: 'error',
    clock,
    vendors: { test: { ...testVendors({ mock }), ...kept.roots } },
  }
  const file = (name: string) => readFileSync(path.join(folder, name))
  return {
    kept,
    clock,
    advance: (milliseconds) => (ahead += milliseconds),
    start: () => patiently(() => startService(config), config),
    async segments(app) {
      const script = (name: string): MemorySegment => ({ name, kind: 'script', bytes: file(name) })
      switch (app) {
        case 'android':
          return apkSegments(file('app.apk'))
        case 'ios':
          return [script('main.jsbundle')]
        case 'web':
          return [script('app.js'), script('index.html')]
      }
    },
    routed: (service) => (url, init) =>
      fetch((url instanceof Request ? url.url : String(url)).replace(kept.issuer, service.url), init),
    async close() {
      await mock.close()
      rmSync(work, { recursive: true, force: true })
    },
  }
}
