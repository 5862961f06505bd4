// Writes a version folder: what a service of this commit leaves behind. Copy it to the root of a built checkout of the
// old commit (`npm ci && npm run build`), and run `node make-version.mjs FOLDER` there; PostgreSQL's programs must be in
// /usr/lib/postgresql. See README.md beside this file.
import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { build as bundle } from 'esbuild'
import { create } from 'tar'
import { initialise, startService } from '@assay/service'
import {
  apkCodeImage,
  buildIpa,
  createApkSigner,
  createAppleCa,
  createGoogleCa,
  createGoogleMock,
  createGooglePlay,
  createSoftwareKey,
  fetchApk,
  publishedApks,
  readZip,
  rebuildApk,
  simulateAndroidPhone,
  simulateIphone,
  testVendors,
  writeZip,
} from '@assay/testkit'
import { memoryImage } from '@assay/client'

// Beside this file only in the clone.
const { findPostgres, startPostgres } = await import(path.resolve('private-postgres.mjs'))
const folder = path.resolve(process.argv[2])
mkdirSync(folder, { recursive: true })
const madeAt = Date.now()
/** Nobody listens there: who asks the issuer is led to the service by their `fetch`. */
const issuer = 'http://127.0.0.1:9'
const orders = 'https://orders.example'
const apps = { android: publishedApks.settings.applicationId, ios: 'com.example.ios', web: 'com.example.web' }
const appId = `ASSAY12345.${apps.ios}`
const sealingKey = createHash('sha256').update('sealing key of the upgrade test').digest()

await bundle({
  stdin: {
    contents:
      "export * from '@assay/client'\nexport { nodeCrypto } from '@assay/measurement/node-crypto'\n" +
      "export { createGuard } from '@assay/guard'\n",
    resolveDir: process.cwd(),
  },
  bundle: true,
  minify: true,
  platform: 'node',
  format: 'esm',
  outfile: path.join(folder, 'sdk-and-guard.js'),
})
const { createAssayClient, nodeCrypto } = await import(path.join(folder, 'sdk-and-guard.js'))

const signers = {
  release: await createApkSigner('Release'),
  second: await createApkSigner('Second release key'),
  debug: await createApkSigner('Android Debug'),
}
const published = await readFile(await fetchApk(publishedApks.settings, 'node_modules/.cache/assay-apks'))
const manifest = (await readZip(published)).filter(({ name }) => name === 'AndroidManifest.xml')
const dex = Buffer.concat([Buffer.from('dex\n035\0'), Buffer.alloc(40_000, 'genuine code ')])
const small = await writeZip(manifest)
/** The app runs what is in it: its functions are compared with these. */
const put = { 'assets/sdk.js': await readFile(path.join(folder, 'sdk-and-guard.js')), 'classes.dex': dex }
const apk = await rebuildApk(small, { variant: 'release', put }, signers.release)
const later = await rebuildApk(
  small,
  { variant: 'release', put: { ...put, 'assets/later.txt': Buffer.from('2') } },
  signers.second,
)
const debug = await rebuildApk(
  small,
  { variant: 'release', put: { ...put, 'assets/qa.txt': Buffer.from('qa') } },
  signers.debug,
)
const script = (version, count) =>
  Buffer.from(Array.from({ length: count }, (_, i) => `globalThis.item${i} = ${i * version}\n`).join(''))
const iosBundle = script(1, 400)
const ipa = await buildIpa({ bundleId: apps.ios, bundleVersion: '1', files: { 'main.jsbundle': iosBundle } })
const webFiles = [
  { name: 'app.js', bytes: script(1, 400) },
  { name: 'index.html', bytes: Buffer.from('<script type="module" src="app.js"></script>\n') },
]
const webZip = (files) => writeZip(files.map(({ name, bytes }) => ({ name, content: bytes, stored: false })))
const webSegments = webFiles.map((file) => ({ ...file, kind: 'script' }))
const iosSegments = [{ name: 'main.jsbundle', kind: 'script', bytes: iosBundle }]

const postgresBin = findPostgres()
const server = await startPostgres(postgresBin)
try {
  execFileSync('psql', [server.connectionString('postgres'), '-qc', 'create database old'])
  await leave('sqlite', undefined)
  await leave('postgres', server.connectionString('old'))
  const dump = execFileSync(path.join(postgresBin, 'pg_dump'), [
    '--no-owner',
    '--inserts',
    server.connectionString('old'),
  ])
  // Newer servers than some psql that reads it: no meta commands, no settings that only one version has.
  const kept = dump
    .toString()
    .split('\n')
    .filter((line) => !/^(\\|SET |--|$)/.test(line) && !line.includes('set_config'))
  writeFileSync(path.join(folder, 'postgres.sql'), `${kept.join('\n')}\n`)
} finally {
  await server.stop()
}
process.exit(0)

/**
 * One service with apps, builds and installations, stopped again; its folder and what its devices keep are written
 * down.
 */
async function leave(kind, postgres) {
  const work = mkdtempSync(path.join(tmpdir(), 'assay-version-'))
  const dataFolder = path.join(work, 'data')
  const play = createGooglePlay()
  const [apple, google, mock] = [createAppleCa(), createGoogleCa(), await createGoogleMock({ play })]
  const stored = { dataFolder, sealingKey, ...(postgres === undefined ? {} : { postgres }) }
  const admin = await initialise(stored)
  const service = await startService({
    ...stored,
    host: '127.0.0.1',
    port: 0,
    publicUrl: issuer,
    logLevel: 'warn',
    vendors: { test: testVendors({ apple, google, mock }) },
  })
  const ask = async (method, to, body, type = 'application/json') => {
    const response = await fetch(new URL(to, service.url), {
      method,
      headers: {
        authorization: `Bearer ${admin.secret}`,
        ...(body === undefined ? {} : { 'content-type': type }),
      },
      body: body === undefined || Buffer.isBuffer(body) ? body : JSON.stringify(body),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${to}: ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }
  const { mediaTypes } = await import('@assay/protocol')
  const add = (app, file, type, query = '') =>
    ask('POST', `/v1/apps/${app}/builds${query}`, file, mediaTypes[type])

  await ask('POST', '/v1/apps', {
    id: apps.android,
    platform: 'android',
    name: 'Settings',
    evidence: {
      android_key_attestation: { enrolments_per_day: { device: 3, batch: 5 } },
      play_integrity: { request: 'classic', calls_per_day: 100, max_age: 600 },
    },
  })
  await ask('PUT', `/v1/apps/${apps.android}/play-integrity-keys`, play.keys)
  await ask('POST', '/v1/apps', {
    id: apps.ios,
    platform: 'ios',
    name: 'For iPhones',
    evidence: { apple_app_attest: { app_ids: [appId], environments: ['production'], system: 'ios' } },
  })
  await ask('POST', '/v1/apps', { id: apps.web, platform: 'web', name: 'On the web' })
  await ask('POST', '/v1/apis', { audience: orders, apps: [apps.android], tiers: ['affirming', 'warning'] })
  await ask('POST', '/v1/apis', {
    audience: `${orders}/ios`,
    apps: [apps.ios],
    tiers: ['affirming', 'warning'],
  })
  await ask('POST', '/v1/apis', {
    audience: `${orders}/web`,
    apps: [apps.web],
    tiers: ['affirming', 'warning'],
    policy: 'software-only',
  })
  const registration = await ask('POST', '/v1/keys', {
    name: 'pipeline',
    scope: 'registration',
    apps: [apps.android],
  })
  const builds = {
    android: (await add(apps.android, apk, 'apk', '?id=release')).id,
    debug: (await add(apps.android, debug, 'apk', '?id=debug&allow_debug_signer=true')).id,
    later: (await add(apps.android, later, 'apk', '?id=later&new_signer=true')).id,
    ios: (await add(apps.ios, ipa, 'ipa')).id,
    web: (await add(apps.web, await webZip(webFiles), 'zip', '?id=1.0&version_code=1')).id,
    retired: (
      await add(
        apps.web,
        await webZip([{ name: 'app.js', bytes: script(7, 300) }]),
        'zip',
        '?id=0.9&version_code=1',
      )
    ).id,
  }
  await ask('POST', `/v1/apps/${apps.android}/builds/${builds.debug}/retire`)
  await ask('POST', `/v1/apps/${apps.web}/builds/${builds.retired}/retire`)

  const installed = {
    package: apps.android,
    versionCode: versionOf(await ask('GET', `/v1/apps/${apps.android}/builds`)),
    signers: [signers.release.sha256],
  }
  const pixel = () =>
    simulateAndroidPhone({ google, app: installed, keybox: google.keybox({ provisioning: 'remote' }), play })
  const withoutPlay = () =>
    simulateAndroidPhone({ google, app: installed, keybox: google.keybox({ provisioning: 'remote' }) })
  const iphone = simulateIphone({ apple, appId })
  const enrol = async (app, build, image, audience, evidence) => {
    const key = createSoftwareKey()
    const client = createAssayClient({
      endpoints: [service.url],
      app,
      build,
      audiences: { [audience]: audience },
      image: Buffer.isBuffer(image) ? await apkCodeImage(image) : image,
      crypto: nodeCrypto,
      keyStore: { open: () => Promise.resolve(key), renew: () => Promise.reject(new Error('no other key')) },
      evidence,
      fetch,
      clock: { monotonic: () => performance.now(), wall: () => Date.now() },
      random: (length) => randomBytes(length),
      timers: {
        set: (callback, milliseconds) => setTimeout(callback, milliseconds).unref(),
        clear: clearTimeout,
      },
    })
    const { token, expiresIn } = await client.getToken().catch(async (error) => {
      throw new Error(JSON.stringify(await ask('GET', `/v1/attestations/${error.trace}`)), { cause: error })
    })
    client.close()
    return {
      app,
      build,
      audience,
      token,
      expiresAt: Date.now() + expiresIn * 1000,
      key: key.privateKey.export({ type: 'pkcs8', format: 'pem' }),
      claims: JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString()),
    }
  }
  const installations = {
    pixel: await enrol(apps.android, builds.android, apk, orders, pixel().evidence),
    playAlone: await enrol(apps.android, builds.android, apk, orders, pixel().evidence.slice(1)),
    chainAlone: await enrol(apps.android, builds.android, apk, orders, withoutPlay().evidence),
    iphone: await enrol(apps.ios, builds.ios, memoryImage(iosSegments), `${orders}/ios`, iphone.evidence),
    banned: await enrol(apps.android, builds.android, apk, orders, pixel().evidence),
    web: await enrol(apps.web, builds.web, memoryImage(webSegments), `${orders}/web`, []),
  }
  await ask('POST', `/v1/apps/${apps.android}/bans`, {
    audience: orders,
    installation: installations.banned.claims.installation,
  })
  const jwks = await (await fetch(new URL('/.well-known/jwks.json', service.url))).json()
  await service.close()
  await mock.close()
  await create({ gzip: true, cwd: work, file: path.join(folder, `${kind}.tgz`), portable: true }, ['data'])
  writeFileSync(
    path.join(folder, `${kind}.json`),
    `${JSON.stringify(
      {
        madeAt,
        issuer,
        orders,
        apps,
        appId,
        builds,
        roots: { apple: [apple.root], google: [...google.roots] },
        adminKey: admin.secret,
        registrationKey: registration.secret,
        jwks,
        installations,
        signers: Object.fromEntries(Object.entries(signers).map(([name, { sha256 }]) => [name, sha256])),
        iphone: {
          key: iphone.key.privateKey.export({ type: 'pkcs8', format: 'pem' }),
          counter: iphone.counter,
        },
      },
      null,
      2,
    )}\n`,
  )
  if (kind === 'sqlite') {
    writeFileSync(path.join(folder, 'app.apk'), apk)
    writeFileSync(path.join(folder, 'main.jsbundle'), iosBundle)
    for (const { name, bytes } of webFiles) writeFileSync(path.join(folder, name), bytes)
  }
  rmSync(work, { recursive: true, force: true })
}

function versionOf({ builds }) {
  return builds.find(({ id }) => id === 'release').version_code
}
