import { createValkeyReplayStore } from '@assay/guard/valkey'

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
