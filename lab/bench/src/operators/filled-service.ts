import { mediaTypes } from '@assay/protocol'
import { createConnections } from '../attest/connections.ts'
import { newInstallations } from '../attest/installations.ts'
import { registerSmallRelease } from '../growth/small-release.ts'
import type { Release } from '../attest/release.ts'
import type { WatchedService } from '../worst-case/watched-process.ts'

/** Acts of an insider whose key may change policies, each with about 120 kB in the audit log. */
export const largeActs = 1_000
/** As large as a body may be. */
const rules = { count: 60, note: 'x'.repeat(930) }
const refusals = 500

/** What routes need for their paths. */
export interface Filled {
  readonly release: Release
  readonly trace: string
  readonly policyDocument: Buffer
  readonly readKey: string
}

/** A service with the audit log, the versions of a policy and the traces that an insider would leave. */
export async function fill({ url, adminKey }: WatchedService): Promise<Filled> {
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
  const trace = await refuseMany(release)
  return { release, trace, policyDocument: Buffer.from(JSON.stringify(document)), readKey }
}

/** Challenges for a build that is not registered, of which a few are kept. @returns the trace of one */
async function refuseMany({ url, clientData }: Release): Promise<string> {
  let trace = ''
  for (let i = 0; i < refusals; i++) {
    const body = { ...challengeOf({ clientData }), build: `unknown-${i % 50}` }
    const response = await fetch(`${url}/v1/challenges`, {
      method: 'POST',
      headers: { 'content-type': mediaTypes.json },
      body: JSON.stringify(body),
    })
    trace ||= response.headers.get('assay-trace') ?? ''
    await response.arrayBuffer()
  }
  return trace
}

export function challengeOf({ clientData }: Pick<Release, 'clientData'>) {
  const { app, build, sdk, audiences } = clientData
  return { app, build, sdk, audiences, key: 'A'.repeat(43) }
}
