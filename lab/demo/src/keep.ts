import { setTimeout } from 'node:timers/promises'
import { startLivelyService } from '@assay/browser/console'

/** Milliseconds between two rounds of attestations, after the first hour of data. */
const interval = 10_000

/** Runs a service with an hour of data, and its console, until it is stopped. @returns the exit code */
export async function keep(): Promise<number> {
  process.stdout.write('An hour of attestations is being made; it takes about a minute.\n')
  const service = await startLivelyService({ minutes: 60 })
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop.abort())
  process.stdout.write(
    [
      `Attestation service at ${service.url}`,
      `Console at ${service.consoleUrl}/console/`,
      `API key for it: ${service.adminKey}`,
      'Everything is thrown away when you stop it with Ctrl-C.\n',
    ].join('\n'),
  )
  while (!stop.signal.aborted) {
    await service.minute()
    await setTimeout(interval, undefined, { signal: stop.signal }).catch(() => undefined)
  }
  await service.close()
  return 0
}
