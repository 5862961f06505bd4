import { Worker } from 'node:worker_threads'
import type { Attack, About } from '../attack/attack.ts'
import type { Outcome } from '../world/outcome.ts'
import { call, outcomeOfError } from '../world/call.ts'
import { shop, type World } from '../world/world.ts'
import type { FromSdk, SdkInput, SdkOutput, Treatment } from './sdk.worker.ts'

interface SdkInThread extends About {
  treatment: Treatment
}

/**
 * The SDK runs in its own thread, where the attacker changes its memory as `treatment` says; the reader shows pristine bytes. A
 * phone still gives evidence: its system sees the genuine app. Twin: the same thread, unchanged.
 */
export function sdkInThread({ treatment, ...about }: SdkInThread): Attack {
  return {
    ...about,
    run: {
      assay: async (world) => ({
        attack: await runSdk(world, treatment),
        twin: await runSdk(world, 'none'),
      }),
    },
  }
}

async function runSdk(
  { service, apps, builds, apis, ...world }: World,
  treatment: Treatment,
): Promise<Outcome> {
  const url = apis.orders.url + shop.orders
  const { id, segments } = builds.release
  const audience = apis.orders.url
  const piece = await world.evidence()[0]?.prepare('enrolment')
  const workerData: SdkInput = {
    treatment,
    service,
    app: apps.android,
    build: id,
    audience,
    url,
    segments,
    format: piece?.format,
  }
  // The built file, also for tests, which run the sources: a thread of Node 20 reads no TypeScript.
  const worker = new Worker(new URL('../../dist/kinds/sdk.worker.js', import.meta.url), { workerData })
  const output = await new Promise<SdkOutput>((resolve, reject) => {
    worker.on('message', (message: FromSdk) => {
      if ('output' in message) resolve(message.output)
      else Promise.resolve(piece?.collect(message.binding)).then((item) => worker.postMessage(item), reject)
    })
    worker.once('error', reject)
  })
  await worker.terminate()
  const { headers, error } = output
  if (headers !== undefined) return call(apis.orders, { headers })
  if (error === undefined) throw new Error('the thread has said nothing')
  return outcomeOfError(error, world)
}
