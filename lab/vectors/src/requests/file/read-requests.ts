import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { readFamily } from '../../wire/vector-file/vector-file.ts'
import type { RequestCase } from '../form/request-case.ts'

const vectors = new URL('../../../../../packages/shared/vectors/', import.meta.url)
export const requestFile = fileURLToPath(new URL('requests.json', vectors))
/** What every verifier loads into Valkey. */
export const functionFile = fileURLToPath(new URL('guards/assay_guard_2.lua', vectors))

/** The cases of `requests.json`, each complete. @throws Error if there are fewer than there must be */
export function readRequests(): readonly RequestCase[] {
  const { cases, floor } = readFamily('requests')
  if (cases.length < floor.accepted) throw new Error('requests.json has lost cases')
  return cases as unknown as readonly RequestCase[]
}

export function textOfRequests(): string {
  return readFileSync(requestFile, 'utf8')
}

/** The private keys of all that is signed in it, as JWKs by their names. */
export function requestKeys(): Readonly<Record<string, Readonly<Record<string, string>>>> {
  return (JSON.parse(textOfRequests()) as { keys: Record<string, Record<string, string>> }).keys
}
