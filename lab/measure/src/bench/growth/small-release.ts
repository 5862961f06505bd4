import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { Build } from '@assay/protocol/schemas'
import { createSoftwareKey } from '@assay/testkit'
import type { Release } from '../attest/release.ts'
import { cli } from '../registration/cli.ts'

export const app = 'com.example.growing'
/** The one build that is uploaded; the others are copies of its rows. */
export const original = 'b0'
export const audience = 'https://api.example.com'
/** Bytes of the scripts of a small web app. */
const lengths = [40_000, 20_000, 8_000, 2_000]

/** A small web build that is registered with a service, and the requests of a client that measures it. */
export async function registerSmallRelease(url: string, key: string): Promise<Release> {
  const env = { ASSAY_URL: url, ASSAY_API_KEY: key }
  const files = new Map(
    lengths.map((length, i) => [`script-${i}.js`, Buffer.from(`/*${'code '.repeat(length / 5)}*/`)]),
  )
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-bench-web-'))
  for (const [name, bytes] of files) await writeFile(path.join(folder, name), bytes)
  await cli.succeed(['app', 'add', app, '--platform', 'web'], env)
  const add = ['build', 'add', folder, '--app', app, '--id', original, '--version-code', '1', '--json']
  const { segments } = JSON.parse((await cli.succeed(add, env)).stdout) as Build
  await cli.succeed(['api', 'add', audience, '--app', app, '--tier', 'warning'], env)
  await rm(folder, { recursive: true, force: true })
  return {
    url,
    plan: '',
    image: {
      segments,
      read: (name, offset, length) => (files.get(name) as Buffer).subarray(offset, offset + length),
    },
    clientData: {
      ...{ v: 1, challenge: '', key: createSoftwareKey().publicJwk, app, build: original },
      ...{ sdk: 'bench/1', audiences: [audience], measurement: { response: '', tags: {} } },
      ...{ probes: {}, evidence: [] },
    },
  }
}
