import { createHash } from 'node:crypto'
import type { CodeImage } from '@assay/measurement'
import { mediaTypes, mostBootKeys, paths, type ChallengeRequest } from '@assay/protocol'
import type { BootKeysInput, ShownTrace } from '@assay/protocol/schemas'
import { createConnections } from '../attest/connections.ts'
import { newInstallations, preparedInstallations } from '../attest/installations.ts'
import { registerSmallRelease } from '../growth/small-release.ts'
import type { Release } from '../attest/release.ts'
import type { Effort } from '../row/effort.ts'
import type { WatchedService } from '../worst-case/watched-process.ts'

/** Acts of an insider whose key may change policies, each with about 120 kB in the audit log. */
const manyActs = 1_000
/** As large as a body may be. */
const rules = { count: 60, note: 'x'.repeat(930) }
const manyRefusals = 500
export const bootSystem = 'grown-os'

/** Values that fill the paths of routes. */
export interface Filled {
  readonly release: Release
  readonly largeActs: number
  /** JWK thumbprint of an installation that was refused. */
  readonly key: string
  readonly trace: string
  readonly policyDocument: Buffer
  readonly readKey: string
}

/** A service with the audit log, the versions of a policy and the traces that an insider would leave. */
export async function fill({ url, adminKey }: WatchedService, effort: Effort): Promise<Filled> {
  const largeActs = effort(manyActs, 10)
  const ask = async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${adminKey}`, 'content-type': mediaTypes.json },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`the service could not be filled: ${method} ${path}: ${text}`)
    return text === '' ? undefined : (JSON.parse(text) as unknown)
  }
  const release = await registerSmallRelease(url, adminKey)
  const { post, close } = createConnections(8)
  await newInstallations(release, post)(8)
  close()
  const document = {
    required: [{ claim: 'evidence.software.measured', one_of: [true] }],
    rules: Array.from({ length: rules.count }, () => ({
      when: 'true',
      tier: 'warning',
      description: rules.note,
    })),
  }
  for (let i = 0; i < largeActs; i++)
    await ask('PUT', '/v1/policies/bloated', { ...document, name: String(i) })
  const { secret: readKey } = (await ask('POST', '/v1/keys', { name: 'reader', scope: 'read' })) as {
    secret: string
  }
  await ask('PUT', `/v1/boot-keys/${bootSystem}`, bootKeyList())
  await refuseMany(release, effort(manyRefusals, 50))
  const trace = await refuseOne(release)
  const { key } = (await ask('GET', `/v1/attestations/${trace}`)) as ShownTrace
  if (key === null) throw new Error('the refused installation has no key')
  const policyDocument = Buffer.from(JSON.stringify(document))
  return { release, largeActs, trace, key, policyDocument, readKey }
}

/** As large a list as is taken. */
function bootKeyList(): BootKeysInput {
  const count = mostBootKeys
  const verifiedBootKeys = Array.from({ length: count }, (_, i) => (i + 1).toString(16).padStart(64, '0'))
  const file = Buffer.from(JSON.stringify({ verifiedBootKeys, timestamp: 1_776_709_772 }))
  const sha256 = createHash('sha256').update(file).digest('hex')
  return { file: file.toString('base64'), sha256, source: 'https://boot-keys.example' }
}

/** An installation of other code than the registered one. @returns the trace of its refusal */
async function refuseOne(release: Release): Promise<string> {
  const { post, close } = createConnections(1)
  const read: CodeImage['read'] = (_name, _offset, length) => new Uint8Array(length)
  const other = { ...release, image: { ...release.image, read } }
  const [body = ''] = await preparedInstallations(other, post)(1)
  close()
  const headers = { 'content-type': mediaTypes.json }
  const response = await fetch(release.url + paths.attestations, { method: 'POST', headers, body })
  await response.arrayBuffer()
  const trace = response.headers.get('assay-trace')
  if (response.ok || trace === null) throw new Error(`other code was answered by ${response.status}`)
  return trace
}

/** Challenges for a build that is not registered, of which a few are kept. */
async function refuseMany({ url, clientData }: Release, refusals: number): Promise<void> {
  for (let i = 0; i < refusals; i++) {
    const body = { ...challengeOf({ clientData }), build: `unknown-${i % 50}` }
    const response = await fetch(`${url}/v1/challenges`, {
      method: 'POST',
      headers: { 'content-type': mediaTypes.json },
      body: JSON.stringify(body),
    })
    await response.arrayBuffer()
  }
}

export function challengeOf({ clientData }: Pick<Release, 'clientData'>): ChallengeRequest {
  const { app, build, sdk, audiences } = clientData
  return { app, build, sdk, audiences, key: 'A'.repeat(43) }
}
