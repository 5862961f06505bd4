import { randomBytes } from 'node:crypto'
import {
  buildManifest,
  checkResponse,
  digestImage,
  drawUpPlan,
  exercises,
  parsePlan,
  sdkDescriptions,
  sliceDigests,
  type CodeImage,
  type Plan,
} from '@assay/measurement'
import { nodeCrypto } from '@assay/measurement/node-crypto'
import {
  challengePurposes,
  decodeBase64url,
  defaultProbes,
  encodeBase64url,
  encodeChallenge,
  encodeChallengeHead,
  type AttestationRequest,
  type ClientData,
} from '@assay/protocol'
import type { PageCode } from './code-folder.ts'
import type { PageRun } from './page/attest-page.ts'

/** Challenges with the production plan over a page's code, each for a different installation of a different app. */
export interface Exchanges {
  /** @param seed 32 bytes, different each time, as in a new epoch, so that clients can reuse nothing */
  next(seed: Uint8Array): Exchange
  /** What the plan asks for. */
  readonly facts: Record<string, string | number | boolean>
}

interface Exchange {
  run: PageRun
  /** Checks a measurement as the service does. @throws Error if it is not the expected one */
  check(sent: AttestationRequest): Promise<void>
}

const build = '1'
const epoch = 1

export async function createExchanges({ scripts }: PageCode): Promise<Exchanges> {
  const image = imageOf(scripts)
  const description = sdkDescriptions['assay-js/0.1.0']
  if (description === undefined) throw new Error('the SDK is not known')
  const main = [...scripts].filter(([, bytes]) => Buffer.from(bytes).includes('assay:live:'))
  const manifest = buildManifest(
    main.map(([segment, bytes]) => ({ segment, bytes })),
    description,
  )
  const shown = await sliceDigests(manifest, image, nodeCrypto)
  const live = { show: [...description.functions], run: [...description.exercises] }
  let count = 0

  const draw = (app: string, seed: Uint8Array) =>
    drawUpPlan({
      ...{ app, build, epoch, seed, coverage: 'image', segments: image.segments },
      ...{ probes: [...defaultProbes.web], live },
    })

  return {
    facts: factsOf(parsePlan(draw('sample', new Uint8Array(32))), image),
    next(seed) {
      const app = `bench.${count++}`
      const planBytes = draw(app, seed)
      const challenge = challengeNow()
      const run: PageRun = {
        app,
        build,
        challenge: { attestation_challenge: challenge, plan: encodeBase64url(planBytes), expires_in: 120 },
      }
      return { run, check: (sent) => check(sent, planBytes, challenge, seed) }
    },
  }

  async function check(sent: AttestationRequest, planBytes: Uint8Array, challenge: string, seed: Uint8Array) {
    const { measurement, probes } = JSON.parse(
      Buffer.from(sent.client_data, 'base64url').toString(),
    ) as ClientData
    const input = {
      ...{ plan: parsePlan(planBytes), planBytes, challenge: bytesOf(challenge), image, probes },
      digest: await digestImage(image, 'image', seed, nodeCrypto),
      crypto: nodeCrypto,
      live: { shown, exercises },
    }
    const checked = await checkResponse(input, bytesOf(measurement.response))
    if (!checked.matches || checked.live !== 'shown')
      throw new Error('the measurement is not the expected one')
  }
}

function imageOf(scripts: ReadonlyMap<string, Uint8Array>): CodeImage {
  return {
    segments: [...scripts].map(([name, { length }]) => ({ name, kind: 'script', length })),
    read: (name, offset, length) => (scripts.get(name) as Uint8Array).subarray(offset, offset + length),
  }
}

function challengeNow(): string {
  const head = encodeChallengeHead({
    keyNumber: 1,
    purpose: challengePurposes.attestation,
    flags: 0,
    issuedAt: Math.floor(Date.now() / 1000),
    epoch,
    random: randomBytes(16),
  })
  return encodeChallenge(head, randomBytes(20))
}

function bytesOf(text: string): Uint8Array {
  const bytes = decodeBase64url(text)
  if (bytes === undefined) throw new Error('not base64url')
  return bytes
}

function factsOf({ reads, live, probes }: Plan, { segments }: CodeImage): Exchanges['facts'] {
  return {
    codeBytes: segments.reduce((sum, { length }) => sum + length, 0),
    segments: segments.length,
    reads: reads.length,
    foldedBytes: reads.reduce((sum, read) => sum + read.length * (read.op === 'range' ? 1 : read.count), 0),
    probes: probes.length,
    functionsShown: live.show.length,
    exercises: live.run.length,
    isAnswerChecked: true,
    network: 'none: the service is in the page; reading the scripts from the HTTP cache is not in the value',
  }
}
