import {
  askProbes,
  carryOut,
  coreFunctions,
  digestImage,
  exercises,
  parsePlan,
  planSeed,
  probeTable,
  showFunctions,
  type CodeImage,
  type MeasurementCrypto,
} from '../../src/index.ts'
import { webCrypto } from '../../src/web-crypto.ts'

/** What an engine is given. Bytes are hex. */
export interface Task {
  plan: string
  challenge: string
  segments: Record<string, string>
  /** Input to output of the primitives, for engines that have none. */
  primitives: Record<string, string>
}

/** What it gives back. */
export interface Outcome {
  response: string
  tags: Record<string, string>
  live: string
  digest: string
}

function bytesOf(hex: string): Uint8Array {
  const bytes = new Uint8Array(hex.length / 2)
  for (let i = 0; i < bytes.length; i++) bytes[i] = parseInt(hex.slice(i * 2, i * 2 + 2), 16)
  return bytes
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Primitives that know the answers to what they were asked on Node; to anything else, be it by one bit, zeros. */
function recorded(table: Record<string, string>): MeasurementCrypto {
  const answer = (input: string) => bytesOf(table[input] ?? '0'.repeat(64))
  return {
    sha256: (parts) => answer(`sha256 ${parts.map(hexOf).join('')}`),
    hmacSha256: (key, parts) => answer(`hmac ${hexOf(key)} ${parts.map(hexOf).join('')}`),
  }
}

function imageOf(segments: Record<string, string>): CodeImage {
  const contents = Object.entries(segments).map(([name, hex]) => ({ name, bytes: bytesOf(hex) }))
  return {
    segments: contents.map(({ name, bytes }) => ({ name, kind: 'script', length: bytes.length })),
    read(name, offset, length) {
      const bytes = contents.find((segment) => segment.name === name)?.bytes as Uint8Array
      return bytes.subarray(offset, offset + length)
    },
  }
}

/** The SDK's side of an exchange, on whatever engine this runs. */
export async function carryOutTask(task: Task, given?: MeasurementCrypto): Promise<Outcome> {
  const subtle = (globalThis as { crypto?: Crypto }).crypto?.subtle
  const crypto = given ?? (subtle === undefined ? recorded(task.primitives) : webCrypto(subtle))
  const planBytes = bytesOf(task.plan)
  const plan = parsePlan(planBytes)
  const image = imageOf(task.segments)
  const digest = await digestImage(image, plan.coverage, planSeed(plan), crypto)
  const probes = await askProbes(
    probeTable([{ name: 'number', ask: () => -(2 ** 53 - 1) }]),
    plan.probes,
    new Promise(() => {}),
  )
  const shown = await showFunctions(plan.live.show, coreFunctions, crypto)
  const challenge = bytesOf(task.challenge)
  const live = { shown, exercises }
  const { response, tags } = await carryOut({
    plan,
    planBytes,
    challenge,
    digest,
    image,
    crypto,
    probes,
    live,
  })
  return {
    response: hexOf(response),
    tags: Object.fromEntries(tags.map(({ name, tag }) => [name, hexOf(tag)])),
    live: shown === 'absent' ? 'absent' : 'shown',
    digest: hexOf(digest.image),
  }
}
