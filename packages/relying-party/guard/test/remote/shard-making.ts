import { createHash } from 'node:crypto'

/** Names that no test bans otherwise. */
export const namesOf = (count: number, label = 'n'): string[] =>
  Array.from({ length: count }, (_, i) => `${label}-${i}`)

const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('base64url')

/** 2^k shards of names, written after the text of docs/status-list.md, and not after the code of the service. */
export function makeShards(names: readonly string[], k: number): Buffer[] {
  const hashes = [...new Set(names)].map((name) =>
    createHash('sha256').update(name).digest('hex').slice(0, 16),
  )
  const shards = Array.from({ length: 2 ** k }, (): string[] => [])
  for (const hash of hashes.sort()) shards[Number(BigInt(`0x${hash}`) >> BigInt(64 - k))]?.push(hash)
  return shards.map((of) => Buffer.from(of.join(''), 'hex'))
}

/** What the list says of shards, and the answers to requests for them. */
export function published(shards: readonly Uint8Array[]) {
  const files = new Map(shards.map((bytes) => [digestOf(bytes), bytes]))
  return {
    claims: { banned: [], shards: shards.map(digestOf) },
    files,
  }
}
