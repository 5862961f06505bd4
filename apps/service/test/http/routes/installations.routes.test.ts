import { decodeCompactJws, type TokenClaims } from '@assay/protocol'
import type {
  AllowEntry,
  AttestationTrace,
  CreatedApiKey,
  Forgotten,
  Installation,
  ListedInstallation,
  ShownTrace,
} from '@assay/protocol/schemas'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { auditEntries } from '../../support/audit-log.ts'
import { imageOf, measure, signed, type TestDevice } from '../../support/device.ts'
import { runService, type ServiceUnderTest } from '../../support/running-service.ts'
import { audience, challenge, registerWebApp, webApp, webDevice } from '../../support/web-app.ts'

const installations = `/v1/apps/${webApp}/installations`
const other = 'com.example.other'
const day = 86_400_000
const phone = 'Mozilla/5.0 (Linux; Android 16; Pixel 9 Build/BP1A) Chrome/150.0'
let service: ServiceUnderTest
let support: CreatedApiKey
let lettingThrough: CreatedApiKey

const addKey = async (body: object) =>
  (await service.call('POST', '/v1/keys', { body: { scope: 'support', apps: [webApp], ...body } }))
    .json as CreatedApiKey

beforeAll(async () => {
  service = await runService({ limits: { lookup: { requests: 200, seconds: 3_600 } } })
  // What it measures is worth `warning`, which is refused here.
  await registerWebApp(service, { tiers: ['affirming'] })
  await service.call('POST', '/v1/apps', { body: { id: other, platform: 'web' } })
  support = await addKey({ name: 'support' })
  lettingThrough = await addKey({ name: 'second line', let_through: true })
})
afterAll(() => service.close())

/** The claims of its token, or the trace of its refusal. */
async function attest(device: TestDevice, more: object = {}): Promise<TokenClaims | string> {
  const clientData = { ...(await measure(device, await challenge(service, device))), ...more }
  const answer = await service.call('POST', '/v1/attestations', {
    body: signed(device.key, clientData),
    key: null,
    headers: { 'user-agent': phone },
  })
  if (answer.status !== 200) return (answer.json as { trace: string }).trace
  return decodeCompactJws((answer.json as { tokens: { token: string }[] }).tokens[0]?.token ?? '')
    ?.payload as unknown as TokenClaims
}

const refuse = async (device: TestDevice, more: object = {}) => (await attest(device, more)) as string
const find = async (body: object, key = support.secret) =>
  (
    (await service.call('POST', `${installations}/find`, { body, key })).json as {
      installations: ListedInstallation[]
    }
  ).installations
const notFound = async (body: object) =>
  (await service.problem('POST', `${installations}/find`, { body, key: support.secret })).code
const show = async (key: string) =>
  (await service.call('GET', `${installations}/${key}`, { key: support.secret })).json as Installation
const inHours = (hours: number) => new Date(service.now() + hours * 3_600_000).toISOString()
const setApp = (body: object) => service.call('PATCH', `/v1/apps/${webApp}`, { body })

describe('a refusal', () => {
  it('names the installation, at each API, and what its device says', async () => {
    const device = webDevice()
    const trace = await refuse(device)
    const shown = (await service.call('GET', `/v1/attestations/${trace}`)).json as ShownTrace
    expect(shown).toMatchObject({
      key: device.key.thumbprint,
      device: { vouched: null, said: { os_version: 'Android 16', model: 'Pixel 9' } },
      refused: [{ audience, tier: 'warning', code: 'SOFTWARE_ONLY' }],
      names: [{ audience, installation: expect.stringMatching(/^[\w-]{43}$/) }],
    })
    const { attestations } = (await service.call('GET', `/v1/attestations?key=${device.key.thumbprint}`))
      .json as { attestations: AttestationTrace[] }
    expect(attestations).toMatchObject([{ trace, key: device.key.thumbprint }])
  })

  it('names nobody if the sender has proved possession of no key', async () => {
    const [device, stranger] = [webDevice(), webDevice()]
    const clientData = await measure(device, await challenge(service, device))
    const body = { ...signed(stranger.key, clientData) }
    const { trace } = await service.problem('POST', '/v1/attestations', { body, key: null })
    expect((await service.call('GET', `/v1/attestations/${trace}`)).json).toMatchObject({
      code: 'client_data_signature_invalid',
      ...{ key: null, device: null, refused: [], names: [] },
    })
    expect(await notFound({ trace })).toBe('installation_not_found')
  })
})

describe('an installation', () => {
  it('is found by key, name and trace, and shown with its history', async () => {
    const device = webDevice()
    const { thumbprint: key } = device.key
    const traces = [await refuse(device), await refuse(device)]
    const { names } = (await service.call('GET', `/v1/attestations/${traces[0]}`)).json as ShownTrace
    expect(await find({ key })).toMatchObject([{ app: webApp, key, remembered: false, found_by: 'key' }])
    expect(await find({ trace: traces[0] })).toMatchObject([{ key, found_by: 'trace' }])
    expect(await find(names[0] as object)).toMatchObject([{ key, found_by: 'name' }])
    const shown = await show(key)
    expect(shown).toMatchObject({
      ...{ key, names, builds: ['1'], bans: [], allowed: [], evidence: [], vouching_key: null },
      device: { platform: 'web', vouched: null, said: { os_version: 'Android 16', model: 'Pixel 9' } },
      refusals: [{ outcome: 'denied', code: 'SOFTWARE_ONLY', times: 2 }],
      let_through: [{ audience, trace: traces[1], tier: 'warning', obstacle: null }],
    })
    expect(shown.traces.map(({ trace }) => trace)).toEqual(traces.reverse())
  })

  it('is not found by what is unknown, of another app, or not whole', async () => {
    const key = 'A'.repeat(43)
    expect(await notFound({ key })).toBe('installation_not_found')
    expect(await notFound({ audience, installation: key })).toBe('installation_not_found')
    expect(await notFound({ audience: 'https://none.example.com', installation: key })).toBe('api_not_found')
    expect(await notFound({ trace: 'A'.repeat(22) })).toBe('trace_not_found')
    expect(await notFound({ reference: 'nobody' })).toBe('installation_not_found')
    for (const body of [{}, { audience }, { installation: key }, { key, trace: 'x' }, { key: 'short' }])
      expect(await notFound(body)).toBe('request_invalid')
    for (const reference of ['', 'a\u0000b', 'a\u001b[2Jb', 'ä'.repeat(65)])
      expect(await notFound({ reference })).toBe('request_invalid')
    expect((await service.problem('GET', `${installations}/${key}`)).code).toBe('installation_not_found')
    expect((await service.problem('GET', `${installations}/short`)).code).toBe('request_invalid')
    expect((await service.problem('GET', `/v1/apps/none/installations/${key}`)).code).toBe('app_not_found')
    expect((await service.problem('POST', '/v1/apps/none/installations/find', { body: { key } })).code).toBe(
      'app_not_found',
    )
    const trace = await refuse(webDevice())
    const elsewhere = await service.problem('POST', `/v1/apps/${other}/installations/find`, {
      body: { trace },
    })
    expect(elsewhere.code).toBe('trace_not_found')
  })

  it('is banned where it is shown, and that is shown too', async () => {
    const device = webDevice()
    const { thumbprint: key } = device.key
    await refuse(device)
    await service.call('POST', `/v1/apps/${webApp}/bans`, { body: { key }, key: support.secret })
    expect(await show(key)).toMatchObject({
      bans: [{ kind: 'installation-key', vouching_key: key }],
      let_through: [{ obstacle: 'banned' }],
    })
  })
})

describe('a reference', () => {
  it('is read and forgotten while the app has none, and then found, unverified, for 30 days', async () => {
    const [before, device] = [webDevice(), webDevice()]
    const reference = 'user-4711@example.com'
    await refuse(before, { reference })
    expect(await notFound({ reference })).toBe('installation_not_found')
    await setApp({ references: true })
    await refuse(device, { reference })
    expect(await find({ reference })).toMatchObject([{ key: device.key.thumbprint, found_by: 'reference' }])
    expect(service.log()).not.toContain(reference)
    service.advance(31 * day)
    expect(await notFound({ reference })).toBe('installation_not_found')
    service.advance(-31 * day)
    expect(await find({ reference })).toHaveLength(1)
    await setApp({ references: false })
    expect(await notFound({ reference })).toBe('installation_not_found')
    await setApp({ references: true })
    expect(await notFound({ reference })).toBe('installation_not_found')
    await refuse(device, { reference })
    expect(await find({ reference })).toHaveLength(1)
    await setApp({ references: false })
  })
})

describe('forgetting', () => {
  it('removes traces and entries of the allow list, says what remains, and lifts no ban', async () => {
    const device = webDevice()
    const { thumbprint: key } = device.key
    const trace = await refuse(device)
    const bans = `/v1/apps/${webApp}/bans`
    const allow = { audience, key, expires_at: inHours(24) }
    const entry = (await service.call('POST', `/v1/apps/${webApp}/allow`, { body: allow })).json
    await service.call('POST', bans, { body: { key } })
    const { json } = await service.call('DELETE', `${installations}/${key}`, { key: support.secret })
    expect(json as Forgotten).toEqual({
      removed: { installations: 0, traces: 1, allowed: 0, samples: 1 },
      remain: { bans: 1, enrolments: 0 },
    })
    expect((await service.problem('GET', `/v1/attestations/${trace}`)).code).toBe('trace_not_found')
    expect(await notFound({ key })).toBe('installation_not_found')
    expect((await service.problem('DELETE', `${installations}/${key}`, { key: support.secret })).code).toBe(
      'installation_not_found',
    )
    const again = await refuse(device)
    expect((await service.call('GET', `/v1/attestations/${again}`)).json).toMatchObject({
      code: 'INSTALLATION_BANNED',
    })
    const [logged] = await auditEntries(service, 'limit=1&action=installation.forget')
    expect(logged).toMatchObject({ key: support.id, object: `${webApp}/${key}`, before: { traces: 1 } })
    const allowed = `/v1/apps/${webApp}/allow`
    expect((await service.call('GET', allowed)).json).toEqual({ entries: [entry] })
    const removed = await service.call('DELETE', `${installations}/${key}`)
    expect(removed.json).toMatchObject({ removed: { allowed: 1 } })
    expect((await service.call('GET', allowed)).json).toEqual({ entries: [] })
  })
})

const letThrough = (device: TestDevice, trace: string, more: object = {}, key = lettingThrough.secret) => ({
  target: `${installations}/${device.key.thumbprint}/let-through`,
  options: { body: { audience, trace, expires_at: inHours(24), note: 'ticket 4711', ...more }, key },
})
const problemOf = async ({ target, options }: ReturnType<typeof letThrough>) =>
  (await service.problem('POST', target, options)).code

describe('letting through', () => {
  it('serves an installation that the policy refused, for a day and with its own tier', async () => {
    const device = webDevice()
    const { target, options } = letThrough(device, await refuse(device))
    const entry = (await service.call('POST', target, options)).json as AllowEntry
    expect(entry).toMatchObject({ audience, tier: 'warning', author: lettingThrough.id, note: 'ticket 4711' })
    expect(await attest(device)).toMatchObject({ ear_status: 'warning', allowed: true })
    expect((await service.call('GET', `/v1/apps/${webApp}/allow`)).json).toEqual({ entries: [entry] })
    expect((await show(device.key.thumbprint)).allowed).toEqual([entry])
    const [logged] = await auditEntries(service, 'limit=1')
    expect(logged).toMatchObject({ action: 'allow.let-through', key: lettingThrough.id, after: entry })
    service.advance(day + 1)
    expect(await attest(device)).toEqual(expect.any(String))
  })

  it('ends as soon as the app excludes the tier', async () => {
    const device = webDevice()
    const { target, options } = letThrough(device, await refuse(device))
    await service.call('POST', target, options)
    expect(await attest(device)).toMatchObject({ allowed: true })
    await setApp({ let_through_tiers: ['contraindicated'] })
    expect(await attest(device)).toEqual(expect.any(String))
    await setApp({ let_through_tiers: ['warning'] })
  })

  it('takes a refusal by the policy, of this installation and API, at most a day old', async () => {
    const [device, stranger] = [webDevice(), webDevice()]
    const trace = await refuse(device)
    expect(await problemOf(letThrough(stranger, trace))).toBe('let_through_not_refused')
    expect(await problemOf(letThrough(device, 'A'.repeat(22)))).toBe('let_through_not_refused')
    expect(await problemOf(letThrough(device, trace, { audience: 'https://other.example.com' }))).toBe(
      'api_not_found',
    )
    const access = 'https://access.example.com'
    await service.call('POST', '/v1/apis', {
      body: { audience: access, apps: [webApp], tiers: ['affirming'], token: 'access' },
    })
    expect(await problemOf(letThrough(device, trace, { audience: access }))).toBe('request_invalid')
    await service.call('DELETE', `/v1/apis?audience=${encodeURIComponent(access)}`)
    for (const expires of [inHours(25), inHours(-1)])
      expect(await problemOf(letThrough(device, trace, { expires_at: expires }))).toBe('request_invalid')
    service.advance(day + 1)
    expect(await problemOf(letThrough(device, trace))).toBe('let_through_not_refused')
    service.advance(-day - 1)
  })

  it('never takes changed code or a ban, and gives nothing back to them', async () => {
    const device = webDevice()
    const trace = await refuse(device)
    const repackaged = imageOf({ 'app.js': Buffer.alloc(6_026, 1), 'vendor/lib.js': Buffer.alloc(9_026, 2) })
    const changed = await refuse({ ...device, image: repackaged })
    expect(await problemOf(letThrough(device, changed))).toBe('let_through_not_refused')
    const { target, options } = letThrough(device, trace)
    await service.call('POST', target, options)
    expect(await attest({ ...device, image: repackaged })).toEqual(expect.any(String))
    await service.call('POST', `/v1/apps/${webApp}/bans`, { body: { key: device.key.thumbprint } })
    expect(await attest(device)).toEqual(expect.any(String))
    expect(await problemOf(letThrough(device, trace))).toBe('let_through_not_refused')
  })

  it('never takes a tier that the app excludes', async () => {
    const device = webDevice()
    await setApp({ let_through_tiers: [] })
    const trace = await refuse(device)
    expect(await problemOf(letThrough(device, trace))).toBe('let_through_tier_excluded')
    expect((await show(device.key.thumbprint)).let_through).toMatchObject([{ obstacle: 'tier' }])
    await setApp({ let_through_tiers: ['warning'] })
  })

  it('leaves the entry of an operator as it is', async () => {
    const device = webDevice()
    const trace = await refuse(device)
    const body = { audience, key: device.key.thumbprint, expires_at: inHours(480) }
    const entry = (await service.call('POST', `/v1/apps/${webApp}/allow`, { body })).json
    expect(await problemOf(letThrough(device, trace))).toBe('allow_entry_exists')
    expect((await show(device.key.thumbprint)).allowed).toEqual([entry])
  })

  it('happens ten times a day with one key, and the eleventh not', async () => {
    const key = (await addKey({ name: 'eager', let_through: true })).secret
    const codes: (number | string)[] = []
    for (let i = 0; i < 11; i++) {
      const device = webDevice()
      const { target, options } = letThrough(device, await refuse(device), {}, key)
      const { status, json } = await service.call('POST', target, options)
      codes.push(status === 201 ? status : (json as { code: string }).code)
    }
    expect(codes).toEqual([...Array.from({ length: 10 }, () => 201), 'let_through_spent'])
    service.advance(day)
    const device = webDevice()
    const { target, options } = letThrough(device, await refuse(device), {}, key)
    expect((await service.call('POST', target, options)).status).toBe(201)
  })
})

describe('what a key has let through', () => {
  const entriesOf = async ({ id }: CreatedApiKey) =>
    (
      (await service.call('GET', `/v1/apps/${webApp}/allow`)).json as { entries: AllowEntry[] }
    ).entries.filter(({ author }) => author === id)
  const remove = async ({ id }: CreatedApiKey, query = '') =>
    (await service.call('DELETE', `/v1/keys/${id}${query}`)).status
  const ended = '?with_what_it_let_through=true'
  const through = async (key: CreatedApiKey) => {
    const device = webDevice()
    const { target, options } = letThrough(device, await refuse(device), {}, key.secret)
    expect((await service.call('POST', target, options)).status).toBe(201)
    expect(await attest(device)).toMatchObject({ allowed: true })
    return device
  }

  it('outlives the key, and ends with it on request', async () => {
    const [one, two] = [
      await addKey({ name: 'one', let_through: true }),
      await addKey({ name: 'two', let_through: true }),
    ]
    const [ofOne, ofTwo] = [await through(one), await through(two)]
    expect(await entriesOf(one)).toMatchObject([{ author: one.id, app: webApp, tier: 'warning' }])
    expect(await remove(one)).toBe(200)
    expect(await attest(ofOne)).toMatchObject({ allowed: true })
    expect(await entriesOf(one)).toHaveLength(1)
    expect(await remove(two, ended)).toBe(200)
    expect(await attest(ofTwo)).toEqual(expect.any(String))
    expect(await entriesOf(two)).toEqual([])
    expect(await attest(ofOne)).toMatchObject({ allowed: true })
    // Also later, and no third time.
    expect(await remove(one, ended)).toBe(200)
    expect(await attest(ofOne)).toEqual(expect.any(String))
    expect(await remove(one, ended)).toBe(404)
    const acts = await auditEntries(service, 'action=allow.remove')
    expect(acts.length).toBeGreaterThanOrEqual(2)
  })

  it('is for an admin to see and to end', async () => {
    const key = await addKey({ name: 'other', let_through: true })
    for (const { secret } of [support, lettingThrough, key]) {
      const target = `/v1/keys/${lettingThrough.id}`
      expect((await service.problem('DELETE', target + ended, { key: secret })).code).toBe(
        'scope_insufficient',
      )
    }
    expect((await service.problem('DELETE', `/v1/keys/${key.id}?with_what_it_let_through=no`)).code).toBe(
      'request_invalid',
    )
    expect((await service.problem('DELETE', `/v1/keys/nobody${ended}`)).code).toBe('key_not_found')
  })

  it('is nothing new once the key is gone, also while it is being removed', async () => {
    const key = await addKey({ name: 'gone', let_through: true })
    const devices = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const device = webDevice()
        return { device, trace: await refuse(device) }
      }),
    )
    const all = await Promise.all([
      ...devices.map(async ({ device, trace }) => {
        const { target, options } = letThrough(device, trace, {}, key.secret)
        return (await service.call('POST', target, options)).status
      }),
      remove(key, ended),
    ])
    expect([200, 204]).toContain(all.at(-1))
    for (const status of all.slice(0, -1)) expect([201, 401]).toContain(status)
    expect(await entriesOf(key)).toEqual([])
  })
})

describe('a key for support', () => {
  it('needs the right to let somebody through, and only such a key has it', async () => {
    const device = webDevice()
    const trace = await refuse(device)
    expect(await problemOf(letThrough(device, trace, {}, support.secret))).toBe('scope_insufficient')
    for (const body of [
      { name: 'x', scope: 'read', let_through: true },
      { name: 'x', scope: 'support' },
      { name: 'x', scope: 'support', apps: [] },
    ])
      expect((await service.problem('POST', '/v1/keys', { body })).code).toBe('request_invalid')
  })

  it('sees its apps and no other, and the log counts what it tried', async () => {
    const { secret: key, id } = await addKey({ name: 'curious', apps: [other] })
    const trace = await refuse(webDevice())
    const refused = [
      ['GET', installations],
      ['GET', `${installations}/${'A'.repeat(43)}`],
      ['DELETE', `${installations}/${'A'.repeat(43)}`],
      ['GET', `/v1/attestations/${trace}`],
      ['GET', `/v1/attestations?app=${webApp}`],
      ['GET', `/v1/apps/${webApp}`],
      ['GET', `/v1/apps/${webApp}/bans`],
      ['GET', `/v1/apps/${webApp}/allow`],
      ['GET', `/v1/apps/${other}/builds`],
      ['GET', '/v1/keys'],
      ['GET', '/v1/audit'],
      ['GET', '/v1/stats'],
      ['GET', '/v1/stats/installations'],
      ['GET', '/v1/outcomes'],
      ['GET', `/v1/apps/${other}/rollout`],
      ['GET', `/v1/apps/${other}/activity`],
      ['GET', `/v1/apps/${other}/activity/builds`],
      ['POST', `/v1/apps/${other}/dry-run`],
      ['GET', '/v1/service'],
      ['GET', '/v1/policies'],
      ['GET', '/v1/apis'],
      ['GET', '/v1/unregistered-builds'],
    ] as const
    for (const [method, target] of refused)
      expect((await service.problem(method, target, { key })).code, target).toBe('scope_insufficient')
    const body = { key: 'A'.repeat(43) }
    expect((await service.problem('POST', `${installations}/find`, { body, key })).code).toBe(
      'scope_insufficient',
    )
    expect((await service.call('GET', '/v1/attestations', { key })).json).toEqual({ attestations: [] })
    expect((await service.call('GET', '/v1/apps', { key })).json).toMatchObject({ apps: [{ id: other }] })
    const entries = await auditEntries(service, 'limit=40&action=act.refused')
    expect(entries.filter((entry) => entry.key === id).length).toBe(refused.length + 1)
  })

  it('with several apps says of which', async () => {
    const { secret: key } = await addKey({ name: 'both', apps: [webApp, other] })
    expect((await service.problem('GET', '/v1/attestations', { key })).code).toBe('scope_insufficient')
    expect((await service.call('GET', `/v1/attestations?app=${other}`, { key })).status).toBe(200)
  })

  it('has a quota of its own, which going through all users would exceed', async () => {
    const { secret: key } = await addKey({ name: 'program' })
    const body = { key: 'A'.repeat(43) }
    const look = () => service.call('POST', `${installations}/find`, { body, key })
    const codes = new Set<number>()
    for (let i = 0; i < 201; i++) codes.add((await look()).status)
    expect(codes).toEqual(new Set([404, 429]))
  })
})

it.each(['read', 'policy'])(
  'look-ups of a %s key count as those of support do, an admin’s do not',
  async (scope) => {
    const body = { name: 'colleague', scope }
    const { secret } = (await service.call('POST', '/v1/keys', { body })).json as CreatedApiKey
    const look = async (key?: string) => {
      const order = { body: { reference: 'a user' }, ...(key === undefined ? {} : { key }) }
      return (await service.call('POST', `${installations}/find`, order)).status
    }
    const codes = new Set<number>()
    for (let i = 0; i < 201; i++) codes.add(await look(secret))
    expect(codes).toEqual(new Set([404, 429]))
    for (let i = 0; i < 201; i++) expect(await look()).toBe(404)
    expect((await service.call('GET', installations, { key: secret })).status).toBe(200)
  },
)
