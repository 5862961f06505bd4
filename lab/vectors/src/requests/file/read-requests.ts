import { readFileSync } from 'node:fs'
import { fileOf, readFamily } from '../../wire/vector-file/vector-file.ts'
import type { RequestCase } from '../form/request-case.ts'

/** The cases of `requests.json` that have requests, each complete. @throws Error if there are fewer than there must be */
export function readRequests(): readonly RequestCase[] {
  const { cases, floor } = readFamily('requests')
  if (cases.length < floor.accepted + floor.refused) throw new Error('requests.json has lost cases')
  return cases.filter(({ error }) => error === undefined) as unknown as readonly RequestCase[]
}

/** The private keys of all that is signed in it, as JWKs by their names. */
export function requestKeys(): Readonly<Record<string, Readonly<Record<string, string>>>> {
  return (
    JSON.parse(readFileSync(fileOf('requests'), 'utf8')) as { keys: Record<string, Record<string, string>> }
  ).keys
}
