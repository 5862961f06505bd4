import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { readFamily } from '@assay/wire'
import { encodeCases, makeCases } from './generate.ts'
import type { RequestCase } from '../form/request-case.ts'

const file = fileURLToPath(new URL('../../../../../packages/shared/vectors/requests.json', import.meta.url))

/** The cases of `requests.json`, each complete. @throws Error if there are fewer than there must be */
export function readRequests(): readonly RequestCase[] {
  const { cases, floor } = readFamily('requests')
  if (cases.length < floor.accepted) throw new Error('requests.json has lost cases')
  return cases as unknown as readonly RequestCase[]
}

export function textOfRequests(): string {
  return readFileSync(file, 'utf8')
}

/** Writes the file again and says what is in it. */
export async function writeRequests(print: (line: string) => void): Promise<void> {
  const cases = await makeCases()
  writeFileSync(file, encodeCases(cases))
  print(`requests: ${cases.length} cases`)
}
