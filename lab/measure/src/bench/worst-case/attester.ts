import { createHash } from 'node:crypto'
import type { EvidenceSource } from '@assay/client'
import type { CodeImage } from '@assay/measurement'
import {
  bindingInput,
  paths,
  type AttestationRequest,
  type ChallengeRequest,
  type ChallengeResponse,
  type ClientData,
  type EvidenceItem,
} from '@assay/protocol'
import { createDevice, createSoftwareKey, namedPlan, readClientData, signAttestation } from '@assay/testkit'
import { createMeasure } from '../attest/installations.ts'

export interface Installed {
  readonly url: string
  readonly app: string
  readonly build: string
  readonly audience: string
  readonly image: CodeImage
  readonly evidence: readonly EvidenceSource[]
}

/** What differs from the answer of a sound device. */
export interface Changes {
  /** The evidence, for a binding. Default: none. */
  readonly items?: (binding: string) => readonly EvidenceItem[]
  readonly clientData?: (genuine: ClientData) => ClientData
}

/** Answers challenges for an app that anyone who measures has at hand: right, but for what they change. */
export interface Attester {
  readonly app: string
  readonly build: string
  readonly audience: string
  /** The body of an attestation, of a new installation and for a new challenge. */
  answer(changes: Changes): Promise<string>
}

/** Has one device attest by the SDK, which shows what it says about itself. */
export async function createAttester(installed: Installed): Promise<Attester> {
  const { url, app, build, audience, image, evidence } = installed
  const audiences = { [audience]: audience }
  const device = await createDevice({ apk: image, endpoint: url, app, build, audiences, evidence })
  await device.client.getToken()
  device.close()
  const sample = readClientData(device.exchanges.at(-1)?.request as AttestationRequest)
  const measure = createMeasure({ image, clientData: sample })
  const { sdk } = sample
  return {
    app,
    build,
    audience,
    async answer({ items = () => [], clientData: change = (genuine) => genuine }) {
      const key = createSoftwareKey()
      const formats = items('').map(({ format }) => format)
      const asking: ChallengeRequest = {
        ...{ app, build, sdk, audiences: [audience], key: key.thumbprint },
        purpose: 'enrolment',
        plan: '',
      }
      const body = JSON.stringify(asking)
      const headers = { 'content-type': 'application/json' }
      const asked = await fetch(url + paths.challenges, { method: 'POST', headers, body })
      if (!asked.ok) throw new Error(`a challenge was refused: ${await asked.text()}`)
      const { attestation_challenge: challenge, plan = '' } = (await asked.json()) as ChallengeResponse
      const clientData = change({
        ...sample,
        challenge,
        ...namedPlan(plan),
        key: key.publicJwk,
        measurement: await measure(plan, challenge),
        evidence: formats,
      })
      const bytes = Buffer.from(JSON.stringify(clientData))
      const binding = createHash('sha256').update(bindingInput(bytes)).digest('base64url')
      return JSON.stringify(signAttestation(bytes, key, [...items(binding)]))
    },
  }
}
