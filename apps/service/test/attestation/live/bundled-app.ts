import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { paths, type AttestationRequest, type ChallengeResponse, type ClientData } from '@assay/protocol'
import type * as App from './programs/app.ts'

/** An app as a release holds it, and the same code loaded. */
export interface BundledApp {
  folder: string
  /** The one script of the app, `app.cjs`. */
  script: Buffer
  code: typeof App
  remove(): Promise<void>
}

/** Bundles and minifies the app with the SDK in it, and loads the very file that it wrote. */
export async function bundleApp(): Promise<BundledApp> {
  const bundle = await rolldown({
    input: fileURLToPath(new URL('./programs/app.ts', import.meta.url)),
    platform: 'node',
    resolve: { conditionNames: ['@assay/source', 'import', 'default'] },
  })
  const { output } = await bundle.generate({ format: 'cjs', minify: true })
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-app-'))
  const file = path.join(folder, 'app.cjs')
  await writeFile(file, output[0].code)
  // As it stands there: `import` would have it transformed for the tests.
  const code = createRequire(import.meta.url)(file) as typeof App
  const remove = () => rm(folder, { recursive: true, force: true })
  return { folder, script: await readFile(file), code, remove }
}

/** What an installation sent and was answered. */
export interface Wire {
  /** Client data of each attestation, oldest first. */
  clientData: ClientData[]
  /** The plan that was sent last, base64url. */
  plan: string
  /** Trace of the last attestation. */
  trace: string
  /** Called between challenge and attestation. */
  onChallenge: () => Promise<unknown>
}

/** `fetch` that notes attestations in `wire`. */
export function noting(wire: Wire): typeof fetch {
  return async (input, init) => {
    const answer = await fetch(input, init)
    const { pathname } = new URL(input instanceof Request ? input.url : input)
    if (pathname === paths.challenges) {
      const { plan } = (await answer.clone().json()) as ChallengeResponse
      wire.plan = plan ?? wire.plan
      await wire.onChallenge()
    }
    if (pathname !== paths.attestations) return answer
    const { client_data: text } = JSON.parse(init?.body as string) as AttestationRequest
    wire.clientData.push(JSON.parse(Buffer.from(text, 'base64url').toString()) as ClientData)
    wire.trace = ((await answer.clone().json()) as { trace: string }).trace
    return answer
  }
}

/** The engine while `work` runs: it shows no source, as Hermes does. */
export async function withoutSource<T>(work: () => Promise<T>): Promise<T> {
  const shows = Function.prototype.toString
  Function.prototype.toString = () => 'function f(a0) { [bytecode] }'
  try {
    return await work()
  } finally {
    Function.prototype.toString = shows
  }
}
