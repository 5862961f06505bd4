import type { ChallengeResponse } from '@assay/protocol'
import type { Cluster } from '../../cluster/set-cluster.ts'
import { answerBody, askChallenge, attest, install, sendAnswer } from '../../stage/installations.ts'
import type { Stage } from '../../stage/stage.ts'
import type { Tally } from '../../stage/tally.ts'
import { millisecondsUntil } from '../../node/until.ts'

export const urlOf = ({ nodes }: Pick<Cluster, 'nodes'>, i: number): string =>
  (nodes[i % nodes.length] as Cluster['nodes'][number]).url

/** Who attests, and where. */
type Exchanging = Pick<Stage, 'network' | 'web' | 'cluster'>

/** A challenge that was used, and an answer with other client data to it. */
export interface Used {
  readonly other: string
}

/**
 * Makes one whole exchange over two nodes, and starts again if the service says to come back. @throws Error if it is not
 * accepted
 */
async function use({ network, web, cluster }: Exchanging, issuing: number, answering: number): Promise<Used> {
  let status = 0
  let other = ''
  await millisecondsUntil(async () => {
    const installation = install(web)
    const asked = await askChallenge(network, urlOf(cluster, issuing), installation)
    status = asked.status
    if (status !== 200) return status !== 503
    const challenge = asked.body as ChallengeResponse
    const body = await answerBody(installation, challenge)
    status = (await sendAnswer(network, urlOf(cluster, answering), body)).status
    other = await answerBody({ ...installation, sdk: 'thief/1.0' }, challenge)
    return status !== 503
  }, 10_000)
  if (status !== 200) throw new Error(`an exchange that was to be accepted was answered ${status}`)
  return { other }
}

/** Makes exchanges that must be accepted. @param nodes that answer them; default: all of them */
export async function useSome(stage: Exchanging, count: number, nodes?: readonly number[]): Promise<Used[]> {
  const places = nodes ?? stage.cluster.nodes.map((_, i) => i)
  const place = (i: number) => places[i % places.length] as number
  const used: Used[] = []
  for (let i = 0; i < count; i += 1) used.push(await use(stage, place(i), place(i + 1)))
  return used
}

/** Sends every node used challenges, which it must not accept. */
export async function tryAgain(
  { network, cluster }: Pick<Stage, 'network' | 'cluster'>,
  used: readonly Used[],
  tally: Pick<Tally, 'attempts' | 'doubleAcceptances'>,
): Promise<void> {
  for (const { other } of used) {
    const answers = await Promise.all(cluster.nodes.map(({ url }) => sendAnswer(network, url, other)))
    tally.attempts += answers.length
    tally.doubleAcceptances += answers.filter(({ status }) => status === 200).length
  }
}

/** Milliseconds until whole exchanges succeed at every node, and several in a row through the proxy. */
export async function recovery({ network, web, cluster }: Stage): Promise<number> {
  const isServed = (url: string) => async () => (await attest(network, url, install(web))).status === 200
  let inRow = 0
  const isServedByAll = async () => {
    inRow = (await isServed(cluster.url)()) ? inRow + 1 : 0
    return inRow === 6
  }
  const times = cluster.nodes.map(({ url }) => millisecondsUntil(isServed(url)))
  return Math.max(...(await Promise.all([millisecondsUntil(isServedByAll), ...times])))
}
