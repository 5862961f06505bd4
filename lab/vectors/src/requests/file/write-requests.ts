import { writeFileSync } from 'node:fs'
import { createValkeyReplayStore } from '@assay/guard/valkey'
import { encodeCases, makeCases } from './generate.ts'
import { functionFile, requestFile } from './read-requests.ts'

/** Writes the file again and says what is in it. */
export async function writeRequests(print: (line: string) => void): Promise<void> {
  const cases = await makeCases()
  writeFileSync(requestFile, encodeCases(cases))
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
