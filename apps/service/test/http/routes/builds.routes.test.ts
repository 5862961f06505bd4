import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import net from 'node:net'
import path from 'node:path'
import { mediaTypes } from '@assay/protocol'
import type { App, Build, CreatedApiKey } from '@assay/protocol/schemas'
import { createApkSigner, rebuildApk } from '@assay/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { auditEntries } from '../../support/audit-log.ts'
import { runService, type Answer, type ServiceUnderTest } from '../../support/running-service.ts'
import { hasVectorApks, vectorApk } from '../../support/vector-apks.ts'
import { zipOf } from '../../support/zip-file.ts'

let service: ServiceUnderTest
const web = 'com.example.web'
const android = 'android.appsecurity.cts.tinyapp'
const script = { 'app.js': Buffer.from('x'.repeat(2000)) }

beforeAll(async () => {
  service = await runService({ limits: { buildSize: 200_000 } })
  await service.call('POST', '/v1/apps', { body: { id: web, platform: 'web' } })
  await service.call('POST', '/v1/apps', { body: { id: android, platform: 'android' } })
})
afterAll(() => service.close())

const add = (app: string, query: string, body: Uint8Array, type: string, key?: string): Promise<Answer> =>
  service.call('POST', `/v1/apps/${app}/builds${query}`, {
    body,
    headers: { 'content-type': type },
    ...(key === undefined ? {} : { key }),
  })
const addWeb = (query: string, files: Record<string, Uint8Array> = script) =>
  add(web, query, zipOf(files), mediaTypes.zip)

/** Everything that a registration could leave. */
async function state() {
  const folder = service.config.dataFolder
  const names = async (part: string) =>
    (await readdir(path.join(folder, part), { recursive: true, withFileTypes: true }).catch(() => []))
      .filter((entry) => entry.isFile())
      .map(({ name }) => name)
      .sort()
  const lists: unknown[] = []
  for (const app of [web, android]) {
    lists.push((await service.call('GET', `/v1/apps/${app}`)).json)
    lists.push((await service.call('GET', `/v1/apps/${app}/builds`)).json)
  }
  return { lists, blobs: await names('blobs'), uploads: await names('uploads') }
}

describe('a web build', () => {
  it('is registered, listed, shown and retired', async () => {
    const answer = await addWeb('?id=1&version_code=5')
    expect(answer.status).toBe(201)
    const build = answer.json as Build
    expect(build).toMatchObject({
      app: web,
      id: '1',
      format: 'web',
      package: '',
      version_name: null,
      version_code: 5,
      signers: [],
      coverage: 'image',
      state: 'active',
      segments: [{ name: 'app.js', kind: 'script', length: 2000 }],
    })
    expect((await service.call('GET', `/v1/apps/${web}/builds/1`)).json).toEqual(build)
    const { segments: _, ...summary } = build
    expect((await service.call('GET', `/v1/apps/${web}/builds`)).json).toEqual({ builds: [summary] })
    const retired = await service.call('POST', `/v1/apps/${web}/builds/1/retire`)
    expect(retired.json).toEqual({ ...build, state: 'retired' })
    expect((await service.call('POST', `/v1/apps/${web}/builds/1/retire`, { body: {} })).json).toEqual(
      retired.json,
    )
  })

  it('attests again once its retirement is taken back, within 30 days and by an admin', async () => {
    const id = `/v1/apps/${web}/builds/back`
    await addWeb('?id=back')
    const body = { name: 'pipeline', scope: 'registration', apps: [web] }
    const { secret } = (await service.call('POST', '/v1/keys', { body })).json as CreatedApiKey
    await service.call('POST', `${id}/retire`)
    expect(await service.problem('POST', `${id}/restore`, { key: secret })).toMatchObject({
      code: 'scope_insufficient',
    })
    service.advance(30 * 86_400_000 - 60_000)
    expect((await service.call('POST', `${id}/restore`)).json).toMatchObject({ id: 'back', state: 'active' })
    expect((await service.call('POST', `${id}/restore`)).json).toMatchObject({ state: 'active' })
    expect((await auditEntries(service, 'limit=1'))[0]).toMatchObject({
      action: 'build.restore',
      object: `${web}/back`,
      before: { state: 'retired' },
      after: { state: 'active' },
    })
    await service.call('POST', `${id}/retire`)
    service.advance(30 * 86_400_000)
    expect(await service.problem('POST', `${id}/restore`)).toMatchObject({ code: 'build_retired' })
    expect((await service.call('GET', id)).json).toMatchObject({ state: 'retired' })
  })

  it('is accepted again unchanged, and refused if it differs', async () => {
    const first = await addWeb('?id=again')
    const before = await state()
    const second = await addWeb('?id=again')
    expect(second.status).toBe(200)
    expect(second.json).toEqual(first.json)
    for (const [query, files, differing] of [
      ['?id=again', { 'app.js': Buffer.from('y'.repeat(2000)) }, 'image_digest'],
      ['?id=again', { 'renamed.js': script['app.js'] }, 'image_digest'],
      ['?id=again&coverage=scripts', script, 'coverage'],
      ['?id=again&version_code=9', script, 'version_code'],
    ] as const) {
      expect((await addWeb(query, files)).json).toMatchObject({
        code: 'build_exists',
        status: 409,
        reason: expect.stringMatching(new RegExp(`^it differs in .*${differing}`)),
      })
    }
    expect(await state()).toEqual(before)
  })
})

describe('refused without a trace', () => {
  it.each<[string, () => Promise<Answer>, object]>([
    ['a web build without id', () => addWeb(''), { code: 'request_invalid', errors: [{ pointer: '/id' }] }],
    [
      'an id out of form',
      () => addWeb('?id=a%20b'),
      { code: 'request_invalid', errors: [{ pointer: '/id' }] },
    ],
    ['an unknown query member', () => addWeb('?id=x&force=true'), { code: 'request_invalid' }],
    ['a query member twice', () => addWeb('?id=x&id=y'), { code: 'request_invalid' }],
    [
      'an unknown app',
      () => add('com.example.unknown', '?id=x', zipOf(script), mediaTypes.zip),
      { code: 'app_not_found' },
    ],
    [
      'a file of another media type',
      () => add(web, '?id=x', zipOf(script), 'application/octet-stream'),
      { code: 'media_type_unsupported', status: 415 },
    ],
    ['JSON', () => add(web, '?id=x', Buffer.from('{}'), mediaTypes.json), { code: 'media_type_unsupported' }],
    [
      'an APK for a web app',
      () => add(web, '', zipOf(script), mediaTypes.apk),
      { code: 'build_platform_mismatch', status: 422 },
    ],
    [
      'a web build for an Android app',
      () => add(android, '?id=x', zipOf(script), mediaTypes.zip),
      { code: 'build_refused', reason: 'SPLITS_LAYOUT' },
    ],
    [
      'a version code for an APK',
      () => add(android, '?version_code=1', zipOf(script), mediaTypes.apk),
      { code: 'request_invalid', errors: [{ pointer: '/version_code' }] },
    ],
    [
      'an empty body',
      () => add(web, '?id=x', new Uint8Array(0), mediaTypes.zip),
      { code: 'build_refused', status: 422 },
    ],
    [
      'bytes that are no ZIP',
      () => add(web, '?id=x', Buffer.alloc(5000, 7), mediaTypes.zip),
      { code: 'build_refused' },
    ],
    [
      'a ZIP cut short',
      () => add(web, '?id=x', zipOf(script).subarray(0, 1500), mediaTypes.zip),
      { code: 'build_refused' },
    ],
    [
      'a path out of the folder',
      () => addWeb('?id=x', { '../app.js': script['app.js'] }),
      { code: 'build_refused', reason: 'ZIP_ENTRY_PATH' },
    ],
    [
      'a build without scripts',
      () => addWeb('?id=x', { 'a.css': Buffer.from('a{}') }),
      { code: 'build_refused', reason: 'WEB_NO_SCRIPT' },
    ],
    [
      'the coverage `entry` of a build that pins nothing of what it loads later',
      () =>
        addWeb('?id=x&coverage=entry', {
          'index.html': Buffer.from('<script type="module" src="/app.js"></script>'),
          'app.js': Buffer.from('import("./lazy.js")'),
          'lazy.js': Buffer.from('1'),
        }),
      { code: 'build_refused', reason: 'WEB_NOT_PINNED', file: 'lazy.js' },
    ],
    [
      'the coverage `entry` of an APK',
      () => add(android, '?coverage=entry', zipOf(script), mediaTypes.apk),
      { code: 'request_invalid', errors: [{ pointer: '/coverage' }] },
    ],
    [
      'an APK that is not signed',
      () => add(android, '', zipOf({ 'classes.dex': script['app.js'] }), mediaTypes.apk),
      { code: 'build_refused' },
    ],
    [
      'a file beyond the limit',
      () => addWeb('?id=x', { 'app.js': Buffer.alloc(250_000, 97) }),
      { code: 'body_too_large', status: 413 },
    ],
  ])('%s', async (_what, send, expected) => {
    const before = await state()
    expect((await send()).json).toMatchObject(expected)
    expect(await state()).toEqual(before)
    expect(before.uploads).toEqual([])
  })

  it('a file beyond the limit that does not announce its size', async () => {
    const before = await state()
    const response = await fetch(`${service.url}/v1/apps/${web}/builds?id=x`, {
      method: 'POST',
      headers: { 'content-type': mediaTypes.zip, authorization: `Bearer ${service.adminKey}` },
      body: new Blob([zipOf({ 'app.js': Buffer.alloc(250_000, 97) })]).stream(),
      duplex: 'half',
    } as RequestInit)
    expect(await response.json()).toMatchObject({ code: 'body_too_large' })
    expect(await state()).toEqual(before)
  })

  it('a file that nobody reads leaves a connection on which the next request is answered', async () => {
    const { hostname, port } = new URL(service.url)
    const socket = net.connect(Number(port), hostname).setEncoding('latin1')
    let answers = ''
    socket.on('data', (text: string) => (answers += text))
    await once(socket, 'connect')
    const length = 2_000_000
    socket.write(
      `POST /v1/apps/${web}/builds?id=x HTTP/1.1\r\nHost: x\r\nContent-Type: ${mediaTypes.zip}\r\nContent-Length: ${length}\r\n\r\n`,
    )
    socket.write(Buffer.alloc(1000))
    await expect.poll(() => answers).toContain('HTTP/1.1 401')
    socket.write(Buffer.alloc(length - 1000))
    socket.write('GET /livez HTTP/1.1\r\nHost: x\r\n\r\n')
    await expect.poll(() => answers).toContain('HTTP/1.1 200')
    socket.destroy()
  })

  it('a file whose sender goes away', async () => {
    const before = await state()
    const sender = new AbortController()
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(zipOf(script).subarray(0, 1000)),
      pull: () => new Promise(() => undefined),
    })
    const sent = fetch(`${service.url}/v1/apps/${web}/builds?id=gone`, {
      method: 'POST',
      headers: { 'content-type': mediaTypes.zip, authorization: `Bearer ${service.adminKey}` },
      body,
      duplex: 'half',
      signal: sender.signal,
    } as RequestInit)
    await expect.poll(async () => (await state()).uploads).toHaveLength(1)
    sender.abort()
    await expect(sent).rejects.toThrow()
    await expect.poll(state).toEqual(before)
  })
})

it('unknown builds are not found', async () => {
  for (const [method, target] of [
    ['GET', `/v1/apps/${web}/builds/unknown`],
    ['POST', `/v1/apps/${web}/builds/unknown/retire`],
    ['POST', `/v1/apps/${web}/builds/unknown/restore`],
  ] as const) {
    expect((await service.problem(method, target)).code).toBe('build_not_found')
  }
  for (const [method, target] of [
    ['GET', '/v1/apps/com.example.unknown/builds'],
    ['GET', '/v1/apps/com.example.unknown/builds/1'],
    ['POST', '/v1/apps/com.example.unknown/builds/1/retire'],
  ] as const) {
    expect((await service.problem(method, target)).code).toBe('app_not_found')
  }
})

describe('an APK', () => {
  if (!hasVectorApks()) {
    it('needs the evidence vectors where everything is required', () => {
      expect(process.env['ASSAY_REQUIRE_ALL']).not.toBe('1')
    })
    return
  }
  const golden = () => vectorApk('golden-aligned-v2-out.apk')
  const bySomeoneElse = () => vectorApk('v2-only-with-ecdsa-sha256-p256.apk')
  const signerOf = async () => ((await service.call('GET', `/v1/apps/${android}`)).json as App).signers

  it('names itself, and records a new signer only when an admin brings it', async () => {
    const body = { name: 'pipeline', scope: 'registration', apps: [android] }
    const { secret } = (await service.call('POST', '/v1/keys', { body })).json as CreatedApiKey
    const before = await state()
    const early = await add(android, '', golden(), mediaTypes.apk, secret)
    expect(early.json).toMatchObject({ code: 'signer_not_registered', status: 403 })
    expect(await state()).toEqual(before)

    const added = await add(android, '', golden(), mediaTypes.apk)
    expect(added.status).toBe(201)
    expect(added.json).toMatchObject({
      id: '1.0+10',
      package: android,
      version_name: '1.0',
      version_code: 10,
      schemes: ['v2'],
      warnings: expect.arrayContaining(['new_signer_recorded']),
    })
    expect(await signerOf()).toEqual((added.json as Build).signers)

    const again = await add(android, '', golden(), mediaTypes.apk, secret)
    expect(again.status).toBe(200)
    const second = await add(android, '?id=second', golden(), mediaTypes.apk, secret)
    expect(second.status).toBe(201)
    expect((second.json as Build).warnings).not.toContain('new_signer_recorded')
  })

  it('is a different build if the same code has another signature', async () => {
    const before = await state()
    expect((await add(android, '?new_signer=true', bySomeoneElse(), mediaTypes.apk)).json).toMatchObject({
      code: 'build_exists',
    })
    expect(await state()).toEqual(before)
  })

  it('is refused if it is of another package', async () => {
    await service.call('POST', '/v1/apps', { body: { id: 'com.example.android', platform: 'android' } })
    const answer = await add('com.example.android', '', golden(), mediaTypes.apk)
    expect(answer.json).toMatchObject({ code: 'package_mismatch', status: 422 })
  })

  it('is refused without a script for a reader that reaches only scripts', async () => {
    const answer = await add(android, '?id=s&coverage=scripts', golden(), mediaTypes.apk)
    expect(answer.json).toMatchObject({ code: 'build_refused', reason: 'IMAGE_EMPTY' })
  })

  describe('of a known signer, by a registration key,', () => {
    const app = 'com.example.rn'
    let pipeline: string
    let signer: Awaited<ReturnType<typeof createApkSigner>>
    const apkWith = (bundle: string) =>
      rebuildApk(
        golden(),
        { variant: 'as-is', put: { 'assets/index.android.bundle': Buffer.from(bundle.repeat(500)) } },
        signer,
      )
    const stateOf = async (query: string, apk: Buffer, key?: string) => {
      const answer = await add(app, query, apk, mediaTypes.apk, key)
      expect(answer.status).toBe(201)
      return (answer.json as Build).state
    }

    beforeAll(async () => {
      signer = await createApkSigner('Owner')
      await service.call('POST', '/v1/apps', { body: { id: app, platform: 'android', package: android } })
      const body = { name: 'pipeline', scope: 'registration', apps: [app] }
      pipeline = ((await service.call('POST', '/v1/keys', { body })).json as CreatedApiKey).secret
      expect(await stateOf('?id=first', await apkWith('first()'))).toBe('active')
    })

    it('is pending if it asks to be measured less than by default', async () => {
      const apk = await apkWith('first()')
      expect(await stateOf('?id=default', apk, pipeline)).toBe('active')
      expect(await stateOf('?id=image&coverage=image', apk, pipeline)).toBe('active')
      expect(await stateOf('?id=scripts&coverage=scripts', apk, pipeline)).toBe('pending')
      expect(await stateOf('?id=by-admin&coverage=scripts', apk)).toBe('active')
    })

    it('is pending if a retired build has the same code', async () => {
      const apk = await apkWith('second()')
      await stateOf('?id=second', apk)
      expect(await stateOf('?id=before', apk, pipeline)).toBe('active')
      await service.call('POST', `/v1/apps/${app}/builds/second/retire`)
      expect(await stateOf('?id=after', apk, pipeline)).toBe('pending')
      await service.call('POST', `/v1/apps/${app}/builds/second/restore`)
      expect(await stateOf('?id=restored', apk, pipeline)).toBe('active')
      expect(await stateOf('?id=third', await apkWith('third()'), pipeline)).toBe('active')
      expect(await stateOf('?id=by-admin-again', apk)).toBe('active')
    })
  })

  it('is refused with the reason if one byte is changed', async () => {
    const changed = golden()
    changed[changed.length >> 1] = (changed[changed.length >> 1] as number) ^ 1
    const before = await state()
    const answer = await add(android, '?id=changed', changed, mediaTypes.apk)
    expect(answer.json).toMatchObject({
      code: 'build_refused',
      status: 422,
      reason: expect.stringMatching(/^[A-Z0-9_]+$/),
    })
    expect(await state()).toEqual(before)
  })
})
