import { closedBy } from '../subject/resources.ts'
import { nodeOf, type CaseResult, type Subject } from '../subject/subject.ts'
import { createAsk } from './ask.ts'
import { checkExchanges } from './exchanges.ts'
import { checkRoutes } from './routes.ts'
import { startNodes, stores } from './stores.ts'

/** The built service on each Node, over HTTP: on SQLite, on PostgreSQL, and as three nodes. */
export const serviceSubjects: readonly Subject[] = ([22, 24, 26] as const).map((major) => ({
  id: `service:node-${major}`,
  run: () => runOn(major),
}))

async function runOn(major: 22 | 24 | 26): Promise<CaseResult[]> {
  const node = await nodeOf(major)
  const results: CaseResult[] = []
  for (const store of stores) {
    await using nodes = closedBy(await startNodes(store, node), ({ close }) => close())
    const ask = createAsk(nodes.urls)
    // First what needs an empty service.
    const found = [...(await checkExchanges(ask, nodes)), ...(await checkRoutes(ask, nodes.adminKey))]
    results.push(...found.map((each) => ({ ...each, name: `${store}: ${each.name}` })))
  }
  return results
}
