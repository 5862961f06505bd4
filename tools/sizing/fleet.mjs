import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { openDatabase } from '../../apps/service/dist/storage/index.js'
import { createEvidencePacking } from '../../apps/service/dist/storage/database/evidence-packing.js'
import { createAppRepository } from '../../apps/service/dist/storage/repositories/apps.repository.js'
import { createInstallationRepository } from '../../apps/service/dist/storage/repositories/installations.repository.js'

const app = 'com.example.app'
const dayLength = 86_400_000
const releases = 13
/** Of the phones, how many percent install a release on each day of its week. */
const adoption = [50, 20, 12, 8, 5, 3, 2]
/** Days for which a release admits code that differs. */
const firstDays = 3
const testers = 20
/** Builds that a tester installs on the day of a release, the release among them. */
const buildsOfTesters = 4

/** Phones by model: those of the first two have the attestation key of a factory batch, those of the last one of their own. */
const models = [
  { name: 'A', phones: 400, isBatch: true },
  { name: 'B', phones: 300, isBatch: true },
  { name: 'C', phones: 300, isBatch: false },
]

/** Which phones have to enrol again at an update, by the days since the release. */
const ways = {
  before: { what: 'each update made a new key', enrols: () => true },
  now: { what: 'the key stays', enrols: () => false },
  differs: {
    what: 'the key stays; a store changes each release, which `--on-difference` admits for 72 h',
    enrols: (day) => day < firstDays,
  },
}

/** Enrolments a day: a tenth of the phones of a model, and more than install a release on its first day. */
const limits = [
  { device: 5, batch: 40 },
  { device: 5, batch: 250 },
]

/** Every way under all limits. */
export async function playAll() {
  const rows = []
  for (const perDay of limits)
    for (const way of Object.values(ways))
      rows.push({ ...perDay, what: way.what, ...(await playFleet(way, perDay)) })
  return rows
}

/** Plays the releases over the store of the service. A phone that is refused tries again on each day after. */
async function playFleet(way, perDay) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-fleet-'))
  const database = await openDatabase({ kind: 'sqlite', folder })
  try {
    const store = createInstallationRepository(database, createEvidencePacking(database.db, []))
    await createAppRepository(database).insert({
      ...{ id: app, platform: 'android', name: 'Example', package: app, signers: [], store_signers: [] },
      ...{
        upload_signers: [],
        teams: [],
        probes: [],
        optional_evidence: [],
        evidence_since: {},
        evidence: {},
      },
      ...{ min_version_code: 0, beta_min_version_code: null, internal_min_version_code: null, policy: null },
      ...{ unvouched_per_day: null, remedies: [], shadow_policy: null, references: false },
      ...{ let_through_tiers: [], created_at: '2026-12-03T00:00:00.000Z' },
    })
    const phones = models.flatMap(({ name, phones: count, isBatch }) =>
      Array.from({ length: count }, (_, i) => phoneOf(name, i, isBatch, perDay)),
    )
    phones.forEach((phone, i) => (phone.isTester = i % (phones.length / testers) === 0))
    let day = 0
    // The fleet of before: it has come over 90 days.
    for (; day < 90; day++)
      for (const [i, phone] of phones.entries())
        if (i % 90 === day && (await enrol(store, phone, 1, day)) !== 'ok')
          throw new Error('the fleet does not fit')
    const seen = { refused: new Set(), refusals: 0, longestWait: 0 }
    for (let release = 1; release <= releases; release++)
      for (let since = 0; since < 7; since++, day++)
        await playDay({ store, phones, way, seen }, release, since, day)
    const { count } = await database.db
      .selectFrom('installations')
      .select(({ fn }) => fn.countAll().as('count'))
      .executeTakeFirstOrThrow()
    const { busiest } = await database.db
      .selectFrom(
        database.db
          .selectFrom('enrolments')
          .select(({ fn }) => fn.countAll().as('each'))
          .where('kind', '=', 'android-batch')
          .where('day', '>=', 90)
          .groupBy(['day', 'vouching_key'])
          .as('days'),
      )
      .select(({ fn }) => fn.max('each').as('busiest'))
      .executeTakeFirstOrThrow()
    return {
      refusedPhones: seen.refused.size,
      longestWait: seen.longestWait,
      busiestBatch: Number(busiest ?? 0),
      rows: Number(count),
    }
  } finally {
    await database.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function playDay({ store, phones, way, seen }, release, since, day) {
  for (const phone of phones) {
    if (phone.release === release || dayOf(phone, release) > since) continue
    const builds = phone.isTester && since === 0 ? buildsOfTesters : 1
    for (let build = builds - 1; build >= 0; build--) {
      const versionCode = release * 10 - build
      // Evidence that a release may lack does not concern the builds before it.
      const kept = way.enrols(since)
        ? await enrol(store, phone, versionCode, day)
        : await refresh(store, phone, versionCode, day)
      if (kept === 'ok') {
        if (build === 0) phone.release = release
        continue
      }
      if (kept !== 'vouching_key_spent') throw new Error(`the store says ${kept}`)
      seen.refused.add(phone)
      seen.longestWait = Math.max(seen.longestWait, since - dayOf(phone, release) + 1)
      break
    }
  }
}

function phoneOf(model, number, isBatch, perDay) {
  const name = `${model} ${number}`
  const vouchingKey = isBatch
    ? { kind: 'android-batch', id: hex(`batch ${model}`) }
    : { kind: 'android-device', id: hex(`device ${name}`) }
  return {
    name,
    vouchingKey,
    perDay: isBatch ? perDay.batch : perDay.device,
    keys: 0,
    release: 0,
    isTester: false,
  }
}

/** The day on which a phone installs a release, counted from 0. Testers come first. */
function dayOf({ name, isTester }, release) {
  if (isTester) return 0
  let left = createHash('sha256').update(`${name}/${release}`).digest().readUInt32BE() % 100
  return adoption.findIndex((share) => (left -= share) < 0)
}

async function enrol(store, phone, versionCode, day) {
  const kept = await store.enrol(
    {
      ...{ app, thumbprint: digest(`${phone.name} key ${phone.keys + 1}`), versionCode, abi: undefined },
      ...{ holderKey: 'hardware', vouchingKey: phone.vouchingKey, isVouchedAnew: true, perDay: phone.perDay },
      ...{
        unvouchedPerDay: undefined,
        evidence: [],
        assertion: undefined,
        receipt: undefined,
        saidDevice: null,
      },
      ...{ binding: digest(`${phone.name} ${versionCode}`), names: [] },
    },
    day * dayLength,
  )
  if (kept === 'ok') phone.keys++
  return kept
}

async function refresh(store, { name, keys }, versionCode, day) {
  const thumbprint = digest(`${name} key ${keys}`)
  const refreshment = { app, thumbprint, versionCode, abi: undefined, counter: undefined }
  return store.refresh(
    { ...refreshment, binding: digest(`${name} ${versionCode}`), newNames: [] },
    day * dayLength,
  )
}

const digest = (text) => createHash('sha256').update(text).digest('base64url')
const hex = (text) => createHash('sha256').update(text).digest('hex')
