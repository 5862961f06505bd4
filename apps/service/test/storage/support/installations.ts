import type { Enrolment } from '../../../src/attestation/model/installation.ts'
import { createEvidencePacking } from '../../../src/storage/database/evidence-packing.ts'
import type { OpenedDatabase } from '../../../src/storage/index.ts'
import { createAppRepository } from '../../../src/storage/repositories/apps.repository.ts'
import { createInstallationRepository } from '../../../src/storage/repositories/installations.repository.ts'
import { exampleApp, exampleEnrolment } from './examples.ts'
import type { StorageWorld } from './storage-world.ts'

export const app = 'com.example'
export const day = 86_400_000
export const now = Date.parse('2026-11-26T12:00:00Z')

/** The key of the assertions. */
export const key = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' } as const

export const enrolment = (thumbprint: string, more: Partial<Enrolment> = {}) =>
  exampleEnrolment(app, thumbprint, {
    evidence: [{ format: 'android-key-attestation', claims: { serial: '1f' }, verifiedAt: now }],
    ...more,
  })

export const appAttest = (thumbprint: string, more: Partial<Enrolment> = {}) =>
  enrolment(thumbprint, {
    vouchingKey: { kind: 'app-attest-key', id: 'key' },
    perDay: undefined,
    assertion: { key, counter: 0 },
    receipt: Buffer.from('receipt'),
    ...more,
  })

export const refreshment = (thumbprint: string, counter: number | undefined, more: object = {}) => ({
  app,
  thumbprint,
  versionCode: 7,
  abi: undefined,
  binding: 'next',
  counter,
  newNames: [],
  ...more,
})

/** Installations, packed with words of no format. */
export const installationsOf = (database: Pick<OpenedDatabase, 'db' | 'kind'>) =>
  createInstallationRepository(database, createEvidencePacking(database.db, []))

/** Installations of one app that is registered, through one node and through another. */
export function installationsIn(world: StorageWorld) {
  const open = async () => {
    const database = await world.open()
    await createAppRepository(database).insert(exampleApp(app))
    return installationsOf(database)
  }
  const openSecond = async () => installationsOf(await world.openSecond())
  return { open, openSecond }
}
