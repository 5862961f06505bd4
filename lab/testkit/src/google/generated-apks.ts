import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readZip } from '../apk/zip.ts'

/** A release as Google Play has generated it. */
interface GeneratedRelease {
  readonly package: string
  readonly versionCode: number
  /** SHA-256 of the app signing certificate, hex. */
  readonly certificate: string
  /** All split APKs, in one file, as bundletool names them. */
  readonly apks: Buffer
}

/** A stand-in for `generatedapks` of the Google Play Developer API. */
export interface GeneratedApks {
  readonly url: string
  /** What a caller must present as a bearer token. */
  readonly accessToken: string
  close(): Promise<void>
}

interface Split {
  readonly downloadId: string
  readonly moduleName: string
  readonly splitId?: string
  readonly content: Buffer
}

/**
 * Answers the two calls as the documentation of version 3 has them: `generatedapks.list`
 * (`GET …/applications/{packageName}/generatedApks/{versionCode}`), grouped by signing key, and `generatedapks.download`
 * (`GET …/downloads/{downloadId}:download`). Its other members and its errors are left out.
 */
export async function startGeneratedApks(release: GeneratedRelease): Promise<GeneratedApks> {
  const accessToken = 'token-of-a-service-account'
  const splits = await splitsOf(release.apks)
  const prefix = `/androidpublisher/v3/applications/${release.package}/generatedApks/${release.versionCode}`
  const answer = ({ url = '', headers }: IncomingMessage, response: ServerResponse) => {
    const { pathname } = new URL(url, 'http://stand-in')
    const split = splits.find(({ downloadId }) => pathname === `${prefix}/downloads/${downloadId}:download`)
    if (headers.authorization !== `Bearer ${accessToken}`) response.writeHead(401).end()
    else if (pathname === prefix)
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify(listOf(release, splits)))
    else if (split === undefined) response.writeHead(404).end()
    else response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(split.content)
  }
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    accessToken,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** `base-arm64_v8a.apk` is the split of module `base` for a configuration, `base-master.apk` the module itself. */
async function splitsOf(apks: Buffer): Promise<Split[]> {
  return (await readZip(apks)).map(({ name, content }, i): Split => {
    const [, moduleName = '', part = ''] = /([^/]+)-([^/]+)\.apk$/.exec(name) ?? []
    return {
      downloadId: `download-${i}`,
      moduleName,
      ...(part === 'master' ? {} : { splitId: `config.${part}` }),
      content,
    }
  })
}

function listOf({ certificate }: GeneratedRelease, splits: readonly Split[]) {
  const generatedSplitApks = splits.map(({ content: _, ...split }) => ({ ...split, variantId: 1 }))
  return { generatedApks: [{ certificateSha256Hash: certificate, generatedSplitApks }] }
}
