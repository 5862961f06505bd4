import path from 'node:path'
import { digestOf, readInputs } from '../../fuzz/inputs/corpus.ts'
import { paths, type EvidenceItem } from '@assay/protocol'
import type { Attester } from './attester.ts'
import { appleItem, type Apps, type CostlyInput } from './costly-inputs.ts'

const corpus = path.resolve(import.meta.dirname, '../../../corpus')

export interface FuzzedInput extends CostlyInput {
  /** The parser whose corpus it is from. */
  readonly target: string
}

/** The fuzzer's corpus for the parsers behind the public endpoints; each input is sent to its endpoint. */
export function fuzzedInputs(apps: Apps): FuzzedInput[] {
  return Object.entries(endpointOf(apps)).flatMap(([target, input]) =>
    readInputs(path.join(corpus, `${target}.jsonl`)).map((bytes) => ({
      target,
      name: `fuzzer: ${target} ${digestOf(bytes)}`,
      request: () => input(Buffer.from(bytes)),
    })),
  )
}

type Input = (bytes: Buffer) => ReturnType<CostlyInput['request']>

function endpointOf({ android, ios }: Apps): Record<string, Input> {
  const evidence =
    (attester: Attester, wrap: (bytes: Buffer) => EvidenceItem): Input =>
    async (bytes) => ({
      path: paths.attestations,
      body: await attester.answer({ items: () => [itemOf(bytes, wrap)] }),
    })
  const chainOf = (bytes: Buffer): EvidenceItem => ({
    format: 'android-key-attestation',
    chain: Array.from({ length: 8 }, () => bytes.subarray(0, 8192).toString('base64url')),
  })
  const raw: Input = async (bytes) => ({ path: paths.attestations, body: bytes })
  const measured: Input = async (bytes) => {
    const measurement = jsonOf(bytes)
    const body = await android.answer({
      clientData: (genuine) => ({ ...genuine, measurement: (measurement ?? {}) as never }),
    })
    return { path: paths.attestations, body }
  }
  const token = (bytes: Buffer): EvidenceItem => ({
    format: 'play-integrity',
    token: bytes.toString('latin1').slice(0, 16_384),
  })
  const assertion = (bytes: Buffer): EvidenceItem => ({
    format: 'apple-app-attest-assertion',
    assertion: bytes.toString('base64url'),
  })
  return {
    'android-key': evidence(android, chainOf),
    x509: evidence(android, chainOf),
    der: evidence(android, chainOf),
    'play-token': evidence(android, token),
    'app-attest-attestation': evidence(ios, appleItem),
    'app-attest-assertion': evidence(ios, assertion),
    cbor: evidence(ios, appleItem),
    software: measured,
    'strict-json': raw,
    challenge: async (bytes) => {
      const clientData = bytes.toString('latin1')
      return {
        path: paths.attestations,
        body: await android.answer({ clientData: (genuine) => ({ ...genuine, challenge: clientData }) }),
      }
    },
  }
}

/** An input that is JSON is a whole item. */
function itemOf(bytes: Buffer, wrap: (bytes: Buffer) => EvidenceItem): EvidenceItem {
  const json = bytes[0] === 0x7b ? jsonOf(bytes) : undefined
  return {
    ...wrap(bytes),
    ...(json !== null && typeof json === 'object' ? json : {}),
    format: wrap(bytes).format,
  }
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown
  } catch {
    return undefined
  }
}
