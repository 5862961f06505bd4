import { createPublicKey, verify } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { appraise, softwareOnlyPolicy } from '@assay/appraisal'
import { software, type SoftwareContext } from '@assay/evidence/software'
import {
  carryOutSync,
  checkResponse,
  coreFunctions,
  digestImage,
  drawUpPlan,
  exercises,
  parsePlan,
  showFunctions,
  type CarryOutInput,
} from '@assay/measurement'
import { nodeCrypto } from '@assay/measurement/node-crypto'
import { defaultProbes } from '@assay/protocol'
import { createSoftwareKey } from '@assay/testkit'
import { generateSigningKey, installationPseudonym, issueToken } from '@assay/tokens'
import type { Effort } from '../row/effort.ts'
import { interleaved, oneRound } from '../row/interleaved.ts'
import type { BenchRow } from '../row/row.ts'
import { rounded } from '../row/statistics.ts'
import { openFileImage, type FileImage } from './file-image.ts'
import { planCounts } from './plan-counts.ts'

const rounds = { warmUp: 60, counted: 120 }
const itemsPerRound = 8
const [app, build, epoch] = ['com.example.app', '1', 7]
const seed = new Uint8Array(32).fill(5)
const now = 1_790_000_000
const probes = Object.fromEntries(defaultProbes.web.map((name) => [name, '']))

/** One key for all, so that answers are made quickly; the service imports it again each time. */
const holder = createSoftwareKey()
const tokenKey = generateSigningKey('ES256', now, now)
const audience = 'https://api.example.com'

/**
 * `attest.image-growth`: the Verifier's work for one attestation, in process, for code images of 1, 32 and 256 MB in
 * files, which are read as the service reads them: signature by the installation key, check of the response, claims,
 * policy, token. `value` is for the largest image, `bare` for the smallest. Whole-code digests are made before: the
 * service makes them once in an epoch, ahead of attestations.
 */
export async function imageGrowthRow(effort: Effort): Promise<BenchRow> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-bench-image-'))
  const images = [1, 32, 256].map((size) => openFileImage(path.join(folder, String(size)), size * 1_000_000))
  try {
    const measured = await Promise.all(images.map(measuredBuild))
    let made = 0
    const makeItems = () =>
      Array.from({ length: itemsPerRound }, () => measured.map(({ answered }) => answered((made += 1))))
    const times = await interleaved(effort(rounds, oneRound), makeItems, {
      smallest: ([appraisal]) => appraisal?.(),
      middle: ([, appraisal]) => appraisal?.(),
      largest: ([, , appraisal]) => appraisal?.(),
    })
    return {
      id: 'attest.image-growth',
      value: rounded(times.median('largest')),
      unit: 'us',
      bare: rounded(times.median('smallest')),
      ratio: rounded(times.ratio('largest', 'smallest')),
      peer: null,
      peerValue: null,
      peerRatio: null,
      facts: {
        megabytes: '1, 32, 256',
        ratioOf32MB: rounded(times.ratio('middle', 'smallest')),
        bytesRead: (await Promise.all(measured.map((each) => each.bytesRead()))).map(String),
        ...measured[0]?.facts,
        rounds: rounds.counted,
      },
    }
  } finally {
    for (const image of images) image.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** A registered build, and genuine answers to challenges for it. */
async function measuredBuild(image: FileImage) {
  const { segments } = image
  const live = { show: Object.keys(coreFunctions), run: Object.keys(exercises) }
  const planBytes = drawUpPlan({
    app,
    build,
    epoch,
    seed,
    coverage: 'image',
    segments,
    probes: defaultProbes.web,
    live,
  })
  const plan = parsePlan(planBytes)
  const digest = await digestImage(image, 'image', seed, nodeCrypto)
  const shown = await showFunctions(plan.live.show, coreFunctions, nodeCrypto)
  const fold = { plan, planBytes, digest, image, crypto: nodeCrypto, probes, live: { shown, exercises } }

  /** Appraises the answer to a new challenge. */
  const answered = (nonce: number): (() => Promise<void>) => {
    const challenge = new Uint8Array(48)
    const view = new DataView(challenge.buffer)
    view.setUint32(8, epoch)
    view.setUint32(12, nonce)
    const input = { ...fold, challenge }
    const { response, tags } = carryOutSync(input)
    const measurement = {
      response: textOf(response),
      tags: Object.fromEntries(tags.map(({ name, tag }) => [name, textOf(tag)])),
    }
    const clientData = Buffer.from(JSON.stringify({ measurement, probes, plan: textOf(planBytes) }))
    const signature = holder.sign(clientData) as Uint8Array
    return async () => {
      checkSignature(clientData, signature)
      await appraiseMeasurement(measurement, input)
      grantToken()
    }
  }
  const bytesRead = async (): Promise<number> => {
    const appraisal = answered(0)
    const before = image.bytesRead()
    await appraisal()
    return image.bytesRead() - before
  }
  return { answered, bytesRead, facts: planCounts(plan) }
}

function checkSignature(clientData: Uint8Array, signature: Uint8Array): void {
  const key = createPublicKey({ key: { ...holder.publicJwk }, format: 'jwk' })
  if (!verify('sha256', clientData, { key, dsaEncoding: 'ieee-p1363' }, signature))
    throw new Error('a genuine signature')
}

function grantToken(): void {
  issueToken({
    key: tokenKey,
    issuer: 'https://attest.example',
    app,
    audience,
    holder: holder.publicJwk,
    installation: installationPseudonym(seed, app, audience, holder.thumbprint),
    build,
    platform: 'android',
    tier: 'warning',
    holderKey: 'software',
    mode: 'bound',
    now,
    lifetime: 300,
    jti: holder.thumbprint,
  })
}

async function appraiseMeasurement(measurement: object, input: CarryOutInput): Promise<void> {
  const context: SoftwareContext = {
    build: {
      app,
      build,
      platform: 'android',
      versionCode: 1,
      channel: 'production',
      coverage: 'image',
      enginePins: false,
      hasServiceWorker: false,
      abi: undefined,
      variant: undefined,
      debuggable: false,
      showsSource: true,
      hasFunctions: true,
    },
    text: undefined,
    expected: {
      probes: input.plan.probes,
      compare: (response) => checkResponse(input, response),
      tags: () => [],
    },
    probes,
  }
  const claims = [await software.verify(software.parse({ measurement, text: undefined }), context)]
  const facts = {
    installation: { holderKey: 'software', enrolmentsToday: 0, hardwareKeyDemanded: false },
    registered: {},
    missing: [],
    unread: [],
    ages: {},
  } as const
  const { tier } = appraise({ claims, policy: softwareOnlyPolicy, now, facts })
  if (tier !== 'warning') throw new Error(`a genuine measurement was appraised as ${tier}`)
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url')
}
