import { randomBytes } from 'node:crypto'
import type { MemorySegment } from '@assay/client'
import { apkSegments, rebuildApk, sdkFiles, writeZip, type ApkSigner } from '@assay/testkit'
import type { AppEvidence } from '@assay/protocol'
import type { World } from '../world/world.ts'
import type { Administrator } from './operator.ts'

/** Has the shape of the keys that a well-known mail service issues. */
export function newSecret(): string {
  return `SG.${randomBytes(16).toString('base64url')}.${randomBytes(32).toString('base64url')}`
}

/** A release build made of a published debug build, with the SDK and, as in many real apps, a secret in it. */
export async function makeRelease(published: Buffer, secret: string, signer: ApkSigner): Promise<Buffer> {
  const config = Buffer.from(JSON.stringify({ orders_api_key: secret }))
  const put = { ...(await sdkFiles()), 'assets/config.json': config }
  return rebuildApk(published, { variant: 'release', put }, signer)
}

/** Registers the builds of both apps, and sets the web app's minimum above its first build. */
export async function registerBuilds(
  operator: Administrator,
  apps: World['apps'],
  release: Buffer,
  evidence: AppEvidence,
): Promise<World['builds']> {
  await operator.addApp({ id: apps.android, platform: 'android', name: 'API Demos', evidence })
  await operator.addApp({ id: apps.web, platform: 'web', name: 'API Demos on the web' })
  const segments = await apkSegments(release)
  const add = async (asked: string) => {
    const { id, version_code: versionCode } = await operator.addBuild(apps.android, release, 'apk', {
      id: asked,
    })
    return { id, versionCode, segments }
  }
  const addWeb = async (versionCode: number) => {
    const web = webSegments(versionCode)
    const zip = await writeZip(
      web.map(({ name, bytes }) => ({ name, content: Buffer.from(bytes), stored: false })),
    )
    const { id } = await operator.addBuild(apps.web, zip, 'zip', {
      id: `${versionCode}.0`,
      version_code: String(versionCode),
    })
    return { id, versionCode, segments: web }
  }
  const builds = {
    release: await add('release'),
    successor: await add('successor'),
    update: await add('update'),
    webOutdated: await addWeb(1),
    web: await addWeb(2),
  }
  await operator.setMinimum(apps.web, 2)
  return builds
}

function webSegments(versionCode: number): MemorySegment[] {
  const script = (name: string, text: string): MemorySegment => ({
    name,
    kind: 'script',
    bytes: Buffer.from(text),
  })
  const lines = Array.from({ length: 400 }, (_, i) => `export const item${i} = ${i * versionCode}\n`)
  return [
    script('app.js', lines.join('')),
    script('index.html', '<script type="module" src="app.js"></script>\n'),
    script('sdk.js', `export const version = ${versionCode}\n`),
  ]
}
