import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startModel, startProxiedApi, type ProxiedApi, type ProxiedApiOptions } from '@assay/testkit/victims'
import { startValkey } from '@assay/testkit'
import type { ProxiedApis, ProxiedRoute, Target } from '../world/world.ts'

type Owner = Pick<ProxiedApiOptions, 'issuer' | 'apps' | 'tiers' | 'secret'> & { audience: string }

/** Starts a model, and proxies in front of it that hold its secret; several count together in Valkey. */
export async function startProxied(
  owner: Owner,
  route: ProxiedRoute,
  nodes: number,
  urls: 'own' | 'shared',
): Promise<ProxiedApis> {
  const model = await startModel(owner.secret)
  const valkey = nodes > 1 ? await startValkey() : undefined
  const started: ProxiedApi[] = []
  const { capacity, journal, ...form } = route
  const folder = journal === true ? mkdtempSync(path.join(tmpdir(), 'assay-journal-')) : undefined
  const start = async () => {
    const [first] = started
    const options: ProxiedApiOptions = {
      ...owner,
      upstream: model.url,
      route: form,
      ...(capacity === undefined ? {} : { capacity }),
      ...(folder === undefined ? {} : { journal: path.join(folder, 'meter.journal') }),
      ...(valkey === undefined ? {} : { valkey: valkey.url }),
      ...(urls === 'own' || first === undefined ? {} : { baseUrl: first.url }),
    }
    return startProxiedApi(options)
  }
  for (let node = 0; node < nodes; node++) started.push(await start())
  const targetOf = ({ url, decisions }: ProxiedApi): Target => ({
    url,
    codeOf: (id) => decisions.findLast(({ requestId }) => requestId === id)?.code ?? undefined,
  })
  return {
    targets: started.map(targetOf),
    async crash() {
      await started.shift()?.crash()
      const again = await start()
      started.unshift(again)
      return targetOf(again)
    },
    billed: model.billed,
    holdsSecret: (text) => text.includes(owner.secret),
    async stop() {
      await Promise.all(started.map((each) => each.close()))
      await model.close()
      await valkey?.stop()
      if (folder !== undefined) rmSync(folder, { recursive: true })
    },
  }
}
