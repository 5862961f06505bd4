import { Worker } from 'node:worker_threads'
import type { Attack, Verdict } from '../attack.ts'
import { call, refused, verdictOfAnswer } from '../verdict.ts'
import { shop, type World } from '../world.ts'
import type { About } from './about.ts'
import type { SdkInput, SdkOutput, Treatment } from './sdk.worker.ts'

interface SdkInThread extends About {
  treatment: Treatment
}

/**
 * The SDK runs in a thread of its own, where the attacker does to its memory what `treatment` says; the reader shows
 * pristine bytes. Twin: the same thread, left alone.
 */
export function sdkInThread({ treatment, ...about }: SdkInThread): Attack {
  return {
    ...about,
    run: {
      'assay-software': async (world) => ({
        attack: await runSdk(world, treatment),
        twin: await runSdk(world, 'none'),
      }),
    },
  }
}

async function runSdk(
  { service, apps, builds, apis, ...world }: World,
  treatment: Treatment,
): Promise<Verdict> {
  const url = apis.orders.url + shop.orders
  const { id, segments } = builds.release
  const audience = apis.orders.url
  const workerData: SdkInput = { treatment, service, app: apps.android, build: id, audience, url, segments }
  const worker = new Worker(new URL('./sdk.worker.js', import.meta.url), { workerData })
  const output = await new Promise<SdkOutput>((resolve, reject) => {
    worker.once('message', resolve).once('error', reject)
  })
  await worker.terminate()
  if (output.headers !== undefined) return call(apis.orders, { headers: output.headers })
  if (output.problem === undefined) return refused(0, `sdk:${output.code}`)
  return verdictOfAnswer(Response.json(output.problem, { status: 403 }), world)
}
