import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createValkeyReplayStore } from '@assay/guard/valkey'
import { readFamily } from '@assay/wire'
import { encodeCases, makeCases } from './generate.ts'
import type { RequestCase } from '../form/request-case.ts'

const vectors = new URL('../../../../../packages/shared/vectors/', import.meta.url)
const file = fileURLToPath(new URL('requests.json', vectors))
/** What every verifier loads into Valkey. */
export const functionFile = fileURLToPath(new URL('guards/assay_guard_1.lua', vectors))

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
  writeFileSync(functionFile, await loadedFunctions())
}

/** The function library that the guard's store loads, as a server without it is given it. */
export async function loadedFunctions(): Promise<string> {
  return new Promise((resolve, reject) => {
    createValkeyReplayStore({
      client: {
        async call(command, ...args) {
          if (command !== 'FUNCTION') throw new Error('ERR Function not found')
          resolve(String(args[1]))
        },
      },
    })
    setTimeout(reject, 10_000, new Error('the store loads no functions')).unref()
  })
}
