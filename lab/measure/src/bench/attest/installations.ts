import {
  carryOutSync,
  coreFunctions,
  digestImage,
  exercises,
  parsePlan,
  planSeed,
  showFunctions,
  type ImageDigest,
} from '@assay/measurement'
import { nodeCrypto } from '@assay/measurement/node-crypto'
import { decodeBase64url, paths, type ChallengeResponse, type ClientData } from '@assay/protocol'
import { createSoftwareKey, namedPlan, signAttestation, type SoftwareKey } from '@assay/testkit'
import type { Post } from './connections.ts'
import type { Release } from './release.ts'

/** How a device differs from the one that the release was tried with. */
interface Traits {
  build?: string
  probes?: ClientData['probes']
}
type TraitsOf = () => Traits

/** Attests that many new installations at once. */
export type AttestTogether = (count: number) => Promise<void>

/** Attestation bodies of that many new installations, which have got their challenges. */
type PrepareTogether = (count: number) => Promise<string[]>

/**
 * New installations of a release, which send what the SDK sends. Like the SDK, they keep the whole-code digest while plans
 * have the same seed, here one for all of them: the service must not wait for devices.
 */
export function newInstallations(release: Release, post: Post, traitsOf?: TraitsOf): AttestTogether {
  const prepare = preparedInstallations(release, post, traitsOf)
  return async (count) => {
    const answers = await prepare(count)
    await Promise.all(answers.map((body) => post(release.url + paths.attestations, body)))
  }
}

/** The same, but without sending the attestation. */
export function preparedInstallations(
  release: Release,
  post: Post,
  traitsOf: TraitsOf = () => ({}),
): PrepareTogether {
  const { url, clientData: sample } = release
  const { app, sdk, audiences } = sample
  const measure = createMeasure(release)

  async function challenge(key: SoftwareKey, build: string): Promise<ChallengeResponse> {
    const body = { app, build, sdk, audiences, key: key.thumbprint, plan: '' }
    return JSON.parse(await post(url + paths.challenges, JSON.stringify(body))) as ChallengeResponse
  }

  async function answer(
    key: SoftwareKey,
    { build, probes }: Required<Traits>,
    { attestation_challenge, plan = '' }: ChallengeResponse,
  ): Promise<string> {
    const clientData: ClientData = {
      ...sample,
      build,
      probes,
      challenge: attestation_challenge,
      ...namedPlan(plan),
      key: key.publicJwk,
      measurement: await measure(plan, attestation_challenge, probes),
    }
    return JSON.stringify(signAttestation(Buffer.from(JSON.stringify(clientData)), key))
  }

  return async (count) => {
    const { build, probes } = sample
    const devices = Array.from({ length: count }, () => ({
      key: createSoftwareKey(),
      traits: { build, probes, ...traitsOf() },
    }))
    const challenges = await Promise.all(devices.map(({ key, traits }) => challenge(key, traits.build)))
    const answers: string[] = []
    for (const [i, { key, traits }] of devices.entries())
      answers.push(await answer(key, traits, challenges[i] as ChallengeResponse))
    return answers
  }
}

/** Carries out plans over the image, with the SDK's recorded answers to probes. */
export function createMeasure({ image, clientData }: Pick<Release, 'image' | 'clientData'>) {
  let kept: { seed: string; digest: ImageDigest } | undefined
  return async (
    planText: string,
    challengeText: string,
    probes = clientData.probes,
  ): Promise<ClientData['measurement']> => {
    const planBytes = bytesOf(planText)
    const plan = parsePlan(planBytes)
    const { seed, coverage, live } = plan
    if (kept?.seed !== seed)
      kept = { seed, digest: await digestImage(image, coverage, planSeed(plan), nodeCrypto) }
    const { response, tags } = carryOutSync({
      plan,
      planBytes,
      challenge: bytesOf(challengeText),
      digest: kept.digest,
      image,
      crypto: nodeCrypto,
      probes,
      live: { shown: await showFunctions(live.show, coreFunctions, nodeCrypto), exercises },
    })
    return {
      response: textOf(response),
      tags: Object.fromEntries(tags.map(({ name, tag }) => [name, textOf(tag)])),
    }
  }
}

function bytesOf(text: string): Uint8Array {
  const bytes = decodeBase64url(text)
  if (bytes === undefined) throw new Error('the service does not write base64url')
  return bytes
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url')
}
