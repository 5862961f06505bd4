import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { buildIpa, buildNativeApp, createApkSigner } from '@assay/testkit'
import { fixedKeyPair } from '@assay/testkit/fixed'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cli } from '../fake-service.ts'
import { realService, writeScripts, type RealService } from './a-real-service.ts'

const app = 'com.example.web'
let service: RealService
let dist: string
/** A pipeline's registration key. */
let key: string
/** File with the private key that signs its provenance. */
let pem: string

const admin = (line: string) => service.assay(line.split(' '))
const pipeline = (line: string, more?: { stdin?: string }) =>
  cli(line.split(' '), { ASSAY_URL: service.url, ASSAY_API_KEY: key }, more)
const add = (id: string, more = '') =>
  pipeline(`build add ${dist} --app ${app} --id ${id} --version-code 1${more}`)

beforeAll(async () => {
  service = await realService()
  dist = writeScripts(path.join(service.folder, 'dist'), { 'main.js': 'export const web = 1' })
  pem = path.join(service.folder, 'provenance.pem')
  expect((await admin(`app add ${app} --platform web`)).status).toBe(0)
  key = (await admin(`key add --name pipeline --scope registration --app ${app}`)).stdout.trim()
})
afterAll(() => service.close())

describe('assay key add --provenance', () => {
  test('makes a pair, shows its private half once, and registers the public one', async () => {
    const made = await admin(`key add --name job --provenance --app ${app}`)
    expect(made.stderr).toContain('the only time')
    expect(made.stdout).toMatch(/^-----BEGIN PRIVATE KEY-----/)
    writeFileSync(pem, made.stdout)
    const listed = await admin('key list')
    expect(listed.stdout).toMatch(new RegExp(`job +provenance +${app}`))
    expect(listed.stdout).not.toContain('PRIVATE KEY')
  })

  test('registers the public half of a pair that is there, and shows nothing', async () => {
    const { publicKey, privateKey } = fixedKeyPair('Ed25519', 'own pipeline')
    const [of, own] = ['own.pub', 'own.pem'].map((name) => path.join(service.folder, name)) as [
      string,
      string,
    ]
    writeFileSync(of, publicKey.export({ type: 'spki', format: 'pem' }))
    writeFileSync(own, privateKey.export({ type: 'pkcs8', format: 'pem' }))
    const made = await admin(`key add --name own --provenance --app ${app} --public-key ${of}`)
    expect(made).toMatchObject({ status: 0, stdout: expect.stringMatching(/^Registered \S+: /) as string })
    expect((await add('own', ` --provenance-key ${own}`)).stdout).toMatch(/state +active/)
  })

  test('is refused beside a scope, without either, and with a file that holds no key', async () => {
    const both = await admin(`key add --name x --provenance --scope admin`)
    expect(both).toMatchObject({ status: 2, stderr: expect.stringContaining('[CLI_USAGE]') as string })
    expect((await admin('key add --name x')).stderr).toContain('[CLI_USAGE]')
    const file = path.join(dist, 'main.js')
    const wrong = await admin(`key add --name x --provenance --app ${app} --public-key ${file}`)
    expect(wrong.stderr).toContain('[CLI_PROVENANCE_KEY]')
    expect(wrong.stderr).not.toContain('export const web')
  })
})

describe('assay build add with provenance', () => {
  test('is active at once, with the key in a file or on standard input', async () => {
    const added = await add('file', ` --provenance-key ${pem} --wait`)
    expect(added).toMatchObject({ status: 0, stdout: expect.stringMatching(/state +active/) as string })
    expect(added.stderr).not.toContain('gets no tokens yet')
    const line = `build add ${dist} --app ${app} --id stdin --version-code 1 --provenance-key -`
    const piped = await pipeline(line, { stdin: readFileSync(pem, 'utf8') })
    expect(piped.stdout).toMatch(/state +active/)
  })

  test('needs an id, and a private key', async () => {
    const line = `build add ${dist} --app ${app} --provenance-key ${pem}`
    expect((await pipeline(line)).stderr).toContain('[CLI_USAGE]')
    const wrong = await add('wrong', ` --provenance-key ${path.join(dist, 'main.js')}`)
    expect(wrong.stderr).toContain('[CLI_PROVENANCE_KEY]')
    expect(wrong.stderr).not.toContain('export const web')
  })

  test('by a key that was removed is refused', async () => {
    const made = await admin(`key add --name gone --provenance --app ${app}`)
    const gone = path.join(service.folder, 'gone.pem')
    writeFileSync(gone, made.stdout)
    const id = /^(\S+) +gone +provenance/m.exec((await admin('key list')).stdout)?.[1] ?? ''
    expect((await admin(`key remove ${id} --yes`)).status).toBe(0)
    const refused = await add('gone', ` --provenance-key ${gone}`)
    expect(refused).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('[provenance_invalid]') as string,
    })
    expect((await admin(`build show gone --app ${app}`)).stderr).toContain('[build_not_found]')
  })
})

describe('assay build add for a service that says another public URL', () => {
  test('signs nothing, unless --issuer names that service', async () => {
    const { port } = new URL(service.url)
    const line = (id: string) =>
      `--server http://localhost:${port} build add ${dist} --app ${app} --id ${id} --version-code 1 --provenance-key ${pem}`
    expect(await pipeline(line('elsewhere'))).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('[CLI_PROVENANCE_ISSUER]') as string,
    })
    expect((await admin(`build show elsewhere --app ${app}`)).stderr).toContain('[build_not_found]')
    expect((await pipeline(`${line('named')} --issuer ${service.url}`)).stdout).toMatch(/state +active/)
    const wrong = await pipeline(`${line('staging')} --issuer https://staging.example`)
    expect(wrong.stderr).toMatch(/\/issuer.*\[provenance_invalid\]|\[provenance_invalid\].*\/issuer/s)
    expect((await pipeline(`${line('form')} --issuer ${service.url}/`)).stderr).toContain('[CLI_USAGE]')
    expect((await add('unsigned', ` --issuer ${service.url}`)).stderr).toContain('[CLI_USAGE]')
  })
})

describe('assay build add of split APKs and of an IPA with provenance', () => {
  test('signs the coverage and the ABIs with which the service registers them', async () => {
    const signer = await createApkSigner('Owner')
    const android = { package: 'com.example.native', versionCode: 7, sdk: 'assay-android/0.1.0' }
    const ios = {
      bundleId: 'com.example.ios',
      bundleVersion: '7',
      files: { 'main.jsbundle': Buffer.alloc(6000, 'x') },
    }
    const native = path.join(service.folder, 'native.apks')
    const ipa = path.join(service.folder, 'app.ipa')
    writeFileSync(native, (await buildNativeApp(android, signer)).apks)
    writeFileSync(ipa, await buildIpa(ios))
    await admin(`app add ${android.package} --platform android --store-signer ${signer.sha256}`)
    await admin(`app add ${ios.bundleId} --platform ios`)
    const both = `--app ${android.package} --app ${ios.bundleId}`
    const signing = path.join(service.folder, 'both.pem')
    writeFileSync(signing, (await admin(`key add --name both --provenance ${both}`)).stdout)
    const registering = (await admin(`key add --name both --scope registration ${both}`)).stdout.trim()
    const send = (line: string) =>
      cli([...line.split(' '), '--provenance-key', signing], {
        ASSAY_URL: service.url,
        ASSAY_API_KEY: registering,
      })
    for (const [id, more] of [
      ['default', ''],
      ['abis', ' --abis x86_64,arm64-v8a'],
    ] as const)
      expect((await send(`build add ${native} --app ${android.package} --id ${id}${more}`)).stdout).toMatch(
        /state +active/,
      )
    expect((await send(`build add ${ipa} --app ${ios.bundleId} --id 7`)).stdout).toMatch(
      /state +active[^]*coverage +scripts/,
    )
  })
})

describe('assay build add without provenance', () => {
  test('says that the build waits, and what makes it active', async () => {
    const added = await add('waits')
    expect(added).toMatchObject({ status: 0, stdout: expect.stringMatching(/state +pending/) as string })
    expect(added.stderr).toContain(`assay build activate waits --app ${app}`)
  })

  test('with --wait ends when an admin has activated it', async () => {
    const waiting = add('activated', ' --wait 30')
    await expect.poll(async () => (await admin(`build show activated --app ${app}`)).status).toBe(0)
    expect((await admin(`build activate activated --app ${app}`)).stdout).toContain(
      'it gets tokens from now on',
    )
    expect(await waiting).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/state +active/) as string,
    })
  })

  test('with --wait fails when nobody does, and when it is retired', async () => {
    const late = await add('late', ' --wait 0')
    expect(late).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('[CLI_BUILD_PENDING]') as string,
    })
    const waiting = add('retired', ' --wait 30')
    await expect.poll(async () => (await admin(`build show retired --app ${app}`)).status).toBe(0)
    await admin(`build retire retired --app ${app} --yes`)
    expect(await waiting).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('[CLI_BUILD_RETIRED]') as string,
    })
  })
})

describe('assay build activate', () => {
  test('is for an admin, and for a build that is there and not retired', async () => {
    await add('one')
    expect((await pipeline(`build activate one --app ${app}`)).stderr).toContain('[scope_insufficient]')
    expect((await admin(`build activate none --app ${app}`)).stderr).toContain('[build_not_found]')
    await admin(`build retire one --app ${app} --yes`)
    expect((await admin(`build activate one --app ${app}`)).stderr).toContain('[build_retired]')
  })
})

describe('assay build remove', () => {
  test('asks an admin first, frees the id of a build that nobody used, and says so', async () => {
    await add('squatted')
    expect((await pipeline(`build remove squatted --app ${app} --yes`)).stderr).toContain(
      '[scope_insufficient]',
    )
    expect((await admin(`build remove squatted --app ${app}`)).status).not.toBe(0)
    expect((await admin(`build show squatted --app ${app}`)).status).toBe(0)
    const removed = await admin(`build remove squatted --app ${app} --yes`)
    expect(removed).toMatchObject({ status: 0, stdout: expect.stringContaining('its id is free') as string })
    expect((await admin(`build remove squatted --app ${app} --yes`)).stderr).toContain('[build_not_found]')
  })
})
