import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { migrate } from '../../../src/storage/migrations/migrate.ts'
import { schemaSteps } from '../../../src/storage/migrations/registry.ts'
import { postgresSchema, sqliteSchema } from '../../../src/storage/migrations/schema-dialect.ts'
import { createActivityRepository } from '../../../src/storage/repositories/activity.repository.ts'
import { createApiKeyRepository } from '../../../src/storage/repositories/api-keys.repository.ts'
import { createApiRepository } from '../../../src/storage/repositories/apis.repository.ts'
import { createBanRepository } from '../../../src/storage/repositories/bans.repository.ts'
import { createBuildRepository } from '../../../src/storage/repositories/builds.repository.ts'
import { packingWords } from '../../../src/composition/packing-words.ts'
import { toDigest } from '../../../src/storage/database/digest-column.ts'
import { createEvidencePacking } from '../../../src/storage/database/evidence-packing.ts'
import { createInstallationRepository } from '../../../src/storage/repositories/installations.repository.ts'
import type { OpenedDatabase } from '../../../src/storage/index.ts'
import { exampleEnrolment } from '../support/examples.ts'
import { installationsOf } from '../support/installations.ts'
import { packedBefore } from '../support/packed-before.ts'
import type { StorageWorld } from '../support/storage-world.ts'

const app = 'com.example'
const everything = { limit: 10, without: new Set<string>(), after: undefined }
const evidence = (...formats: string[]) =>
  JSON.stringify(formats.map((format) => ({ format, claims: { quoted: '"format":"other"' }, verifiedAt: 1 })))

/** A database that has seen the steps before `name`, and nothing else. */
async function openBefore(world: StorageWorld, name: string) {
  const opened = await world.open()
  const { db, kind } = opened
  const dialect = kind === 'sqlite' ? sqliteSchema : postgresSchema
  if (kind === 'postgres') {
    await sql`drop schema public cascade`.execute(db)
    await sql`create schema public`.execute(db)
  } else {
    await sql`pragma foreign_keys = off`.execute(db)
    for (const { name } of await db.introspection.getTables()) await db.schema.dropTable(name).execute()
    await sql`pragma foreign_keys = on`.execute(db)
  }
  const before = schemaSteps.slice(
    0,
    schemaSteps.findIndex((step) => step.name === name),
  )
  await migrate(db, dialect, before)
  return { opened, migrate: () => migrate(db, dialect, schemaSteps) }
}

/** What a service of before has written, row by row: repositories of today know columns that were not there. */
async function write({ db }: OpenedDatabase, installations: readonly [string, string][]): Promise<void> {
  await sql`insert into apps (id, platform, name, package, min_version_code, probes, created_at)
    values (${app}, 'ios', 'Example', ${app}, 0, '[]', 1)`.execute(db)
  await sql`insert into builds (app, id, format, package, version_code, debuggable, signers, schemes, framework,
      coverage, image_digest, warnings, state, created_at)
    values (${app}, '1', 'ipa', ${app}, 1, 0, '[]', '[]', 'native', 'image', 'd', '[]', 'active', 1)`.execute(
    db,
  )
  await sql`insert into apis (audience, name, tiers, mode, enforcement, token_lifetime, origins, created_at)
    values ('https://api', 'API', '["warning"]', 'bound', 'enforce', 300,
      '["https://shop.example","https://www.example"]', 1)`.execute(db)
  await sql`insert into api_keys (id, name, scope, prefix, hash, created_at)
    values ('k', 'old', 'admin', 'assay_abc', 'h', 1)`.execute(db)
  const receipt = Buffer.from('not verified')
  for (const [thumbprint, kept] of installations) {
    await sql`insert into installations (app, thumbprint, version_code, holder_key, evidence, assertion_counter,
        receipt, binding, created_at, seen_at)
      values (${app}, ${thumbprint}, 1, 'software', ${kept}, 0, ${receipt}, 'b', 1, 5)`.execute(db)
  }
}

export function laterStepsSuite(world: StorageWorld): void {
  describe('a database of before', () => {
    it('is migrated from 0008 to today with its keys, builds, installations and APIs', async () => {
      const { opened, migrate } = await openBefore(world, '0009-provenance')
      await write(opened, [
        ['both', evidence('play-integrity', 'android-key-attestation', 'play-integrity')],
        ['one', evidence('play-integrity')],
        ['none', evidence()],
      ])
      await migrate()
      // 0009: keys of before vouch for nobody's builds.
      const keys = createApiKeyRepository(opened)
      expect(await keys.findByHash('h')).toMatchObject({ id: 'k', scope: 'admin', public_key: null })
      // 0010: nobody asks about receipts that nobody verified.
      const known = installationsOf(opened)
      expect(await known.due(Number.MAX_SAFE_INTEGER, everything)).toEqual({ due: [], after: undefined })
      expect(await known.find(app, 'both')).toMatchObject({ versionCode: 1 })
      // 0011: no certificate is known, so that the next is no surprise.
      const builds = createBuildRepository(opened)
      expect(await builds.uploadSigners(app)).toEqual([])
      expect(await builds.findSummary(app, '1')).toMatchObject({ id: '1', format: 'ipa', state: 'active' })
      // 0014: what is counted, and searched for, is in the new columns.
      const kinds = { chain: 'android-key-attestation', play: 'play-integrity', other: 'other' }
      expect(await createActivityRepository(opened).countInstallations(app, new Date(5), kinds)).toEqual({
        total: 3,
        without: { chain: 2, play: 1, other: 3 },
      })
      const { origins } = await createApiRepository(opened).names()
      expect([...origins].sort()).toEqual(['https://shop.example', 'https://www.example'])
    })

    it('of more installations than fit into one page has all of them recorded', async () => {
      const { opened, migrate } = await openBefore(world, '0009-provenance')
      const many = Array.from({ length: 1001 }, (_, i): [string, string] => [`t${i}`, evidence('software')])
      await opened.db.transaction().execute((db) => write({ ...opened, db }, many))
      await migrate()
      const counted = createActivityRepository(opened).countInstallations(app, new Date(0), { s: 'software' })
      expect(await counted).toEqual({ total: 1001, without: { s: 0 } })
    })

    it('still has what the version before has packed', async () => {
      const { opened, migrate } = await openBefore(world, '0027-packing-dictionaries')
      const { db } = opened
      await sql`insert into apps (id, platform, name, package, min_version_code, probes, created_at)
        values (${app}, 'ios', 'Example', ${app}, 0, '[]', 1)`.execute(db)
      await sql`insert into app_numbers (number, app) values (1, ${app})`.execute(db)
      await sql`insert into format_sets (number, formats) values (1, 'x')`.execute(db)
      for (const [i, { device, column }] of packedBefore.entries()) {
        const thumbprint = toDigest(createHash('sha256').update(device).digest('base64url'))
        await sql`insert into installations (id, app, created_at, version_code, assertion_counter, seen_on, formats,
            thumbprint, binding, holder_key)
          values (${i + 1}, 1, 1, 1, 0, 1, 1, ${thumbprint}, ${thumbprint}, 'software')`.execute(db)
        await sql`insert into installation_evidence (installation, evidence)
          values (${i + 1}, ${column})`.execute(db)
      }
      await migrate()

      const known = createInstallationRepository(opened, createEvidencePacking(db, packingWords))
      for (const { device, evidence } of packedBefore) {
        const thumbprint = createHash('sha256').update(device).digest('base64url')
        expect(await known.find(app, thumbprint)).toMatchObject({ evidence })
        expect(await known.recall(app, thumbprint, undefined, 1)).toMatchObject({
          installation: { evidence },
        })
      }
    })

    it('has its bans and enrolments under the name of the vouching key', async () => {
      const { opened, migrate } = await openBefore(world, '0029-vouching-keys')
      const { db } = opened
      const [key, other] = [createHash('sha256').update('key').digest('hex'), 'a name']
      await sql`insert into apps (id, platform, created_at) values (${app}, 'ios', 1)`.execute(db)
      await sql`insert into app_numbers (number, app) values (1, ${app})`.execute(db)
      await sql`insert into anchor_enrolments (day, app, anchor, kind, thumbprint)
        values (7, 1, ${toDigest(key)}, 'android-device', ${toDigest('first')})`.execute(db)
      await sql`insert into anchor_bans (app, kind, anchor, created_at, expires_at)
        values (${app}, 'android-device', ${toDigest(key)}, 3, null),
          (${app}, 'app-attest-key', ${toDigest(other)}, 4, 9)`.execute(db)
      await sql`insert into installations (id, app, created_at, version_code, assertion_counter, seen_on, formats,
          thumbprint, binding, holder_key, anchor, anchor_kind)
        values (1, 1, 1, 1, 0, 1, 1, ${toDigest('first')}, ${toDigest('b')}, 'software', ${toDigest(key)},
          'android-device')`.execute(db)
      await migrate()

      const day = 86_400_000
      const vouchingKey = { kind: 'android-device', id: key }
      const bans = createBanRepository(opened)
      expect(await bans.find(app, vouchingKey, 5)).toMatchObject({ vouching_key: key, expires_at: null })
      await bans.prune(9)
      expect(await bans.list(app, { after: undefined, limit: 9 }, 0)).toHaveLength(1)
      const known = installationsOf(opened)
      expect(await known.countEnrolments(app, vouchingKey, 'second', 7 * day)).toBe(1)
      // The statement, or the function, that writes an enrolment knows the new names.
      const enrolled = exampleEnrolment(app, 'second', { vouchingKey, isVouchedAnew: true, perDay: 1 })
      expect(await known.enrol(enrolled, 7 * day)).toBe('vouching_key_spent')
      expect(await known.enrol({ ...enrolled, perDay: undefined }, 8 * day)).toBe('ok')
      expect(await known.find(app, 'second')).toMatchObject({ vouchingKey })
      // It has superseded the one that was there before.
      expect(await known.find(app, 'first')).toBeUndefined()
      const names = (await db.introspection.getTables()).flatMap(({ name, columns }) => [
        name,
        ...columns.map((column) => column.name),
      ])
      expect(names.filter((name) => name.includes('anchor'))).toEqual([])
    })

    it('has what it remembered of installations in narrow tables', async () => {
      const { opened, migrate } = await openBefore(world, '0020-narrow-installations')
      const { db } = opened
      const digest = (text: string, encoding: 'hex' | 'base64url') =>
        createHash('sha256').update(text).digest(encoding)
      const many = Array.from({ length: 501 }, (_, i): [string, string] => [
        digest(`key ${i}`, 'base64url'),
        evidence('software'),
      ])
      await db.transaction().execute((trx) => write({ ...opened, db: trx }, many))
      const [phone, iphone] = [digest('phone', 'hex'), digest('iphone', 'base64url')]
      const [first, second] = [many[0]?.[0] as string, many[500]?.[0] as string]
      const [device, key] = ['android-device', { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' } as const]
      await sql`update installations set anchor_kind = ${device}, anchor = ${phone}, abi = 'x86_64',
        evidence = ${evidence('android-key-attestation', 'play-integrity')} where thumbprint = ${first}`.execute(
        db,
      )
      await sql`update installations set anchor_kind = 'app-attest-key', anchor = ${iphone}, version_code = 9,
        assertion_key = ${JSON.stringify(key)}, assertion_counter = 4294967295, ask_at = 77,
        created_at = 2, seen_at = 86400001 where thumbprint = ${second}`.execute(db)
      const names: [string, number][] = many.map(([thumbprint], i) => [thumbprint, i + 2 ** 47])
      for (const [thumbprint, name] of names)
        await sql`insert into installation_names (app, thumbprint, name)
          values (${app}, ${thumbprint}, ${name})`.execute(db)
      await sql`insert into anchor_enrolments (app, kind, anchor, day, thumbprint)
        values (${app}, ${device}, ${phone}, 7, ${first}), (${app}, 'none', '', 7, 'other')`.execute(db)
      await sql`insert into anchor_bans (app, kind, anchor, created_at)
        values (${app}, 'app-attest-key', ${iphone}, 3), (${app}, ${device}, 'a name', 4)`.execute(db)
      await migrate()

      const known = installationsOf(opened)
      expect(await known.find(app, first)).toMatchObject({
        abi: 'x86_64',
        vouchingKey: { kind: device, id: phone },
        evidence: JSON.parse(evidence('android-key-attestation', 'play-integrity')) as unknown,
        binding: 'b',
      })
      const vouchingKey = { kind: 'app-attest-key', id: iphone }
      expect(await known.find(app, second)).toEqual({
        app,
        thumbprint: second,
        versionCode: 9,
        holderKey: 'software',
        vouchingKey,
        evidence: JSON.parse(evidence('software')) as unknown,
        assertion: { key, counter: 4_294_967_295 },
        binding: 'b',
        names: [2 ** 47 + 500],
        createdAt: 2,
      })
      expect(await known.due(77, everything)).toMatchObject({ due: [{ app, thumbprint: second }] })
      expect(await known.named(app, 2 ** 47 + 500)).toEqual([{ thumbprint: second, vouchingKey }])
      for (const [thumbprint] of many) expect(await known.find(app, thumbprint)).toBeDefined()

      // What was counted stays counted, and what was banned stays banned.
      const day = 86_400_000
      expect(await known.countEnrolments(app, { kind: device, id: phone }, 'other', 7 * day)).toBe(1)
      expect(await known.countEnrolments(app, { kind: 'none', id: '' }, first, 7 * day)).toBe(1)
      const bans = createBanRepository(opened)
      expect(await bans.hasAny(app, [vouchingKey], 0)).toBe(true)
      expect(
        (await bans.list(app, { after: undefined, limit: 9 }, 0)).map((ban) => ban.vouching_key),
      ).toEqual(['a name', iphone])

      // A new one gets a number that nobody has.
      const enrolled = exampleEnrolment(app, 'new', { names: [5] })
      expect(await known.enrol(enrolled, 8 * day)).toBe('ok')
      expect(await known.named(app, 5)).toMatchObject([{ thumbprint: 'new' }])

      // It was seen on the second day, the others on the first.
      await known.prune(day, 8 * day)
      expect(await known.find(app, first)).toBeUndefined()
      expect(await known.find(app, second)).toBeDefined()
      expect(await known.named(app, 2 ** 47)).toEqual([])
    })
  })
}
