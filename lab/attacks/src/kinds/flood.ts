import { Agent, request } from 'node:http'
import type { Attack, About } from '../attack/attack.ts'
import type { Outcome } from '../world/outcome.ts'
import { callFrom } from '../world/call.ts'
import { everyOf, refused, served } from '../world/outcome.ts'
import type { World } from '../world/world.ts'

interface Flood extends About {
  /** Networks of the flood, from `firstNetwork` on: floods must not use up each other's quota. */
  networks: number
  firstNetwork: number
  /** Requests from each. */
  requests: number
  /** The code of a limit that refills: a busy machine needs more requests to exceed it, up to ten times as many. */
  until?: string
  /** Path at the service, and the body of the n-th request. */
  path: string
  body: (world: World, n: number) => string
}

/** Requests under way at once. */
const atOnce = 32
/** Genuine devices that enrol while it lasts. */
const genuine = 6

/**
 * A flood of the service. It is through if a genuine device that enrols meanwhile is not served; its code is that of the
 * answers to the flood.
 */
export function flood({ networks, firstNetwork, requests, until, path, body, ...about }: Flood): Attack {
  const all = networks * requests
  return {
    ...about,
    needs: ['loopback-networks'],
    run: {
      assay: async (world) => {
        const codes = new Set<string>()
        let next = 0
        const agent = new Agent({ keepAlive: true, maxSockets: atOnce })
        const pour = async () => {
          const isOver = (n: number) => n >= all && (until === undefined || codes.has(until) || n >= 10 * all)
          for (let n = next++; !isOver(n); n = next++) {
            codes.add(
              await send(
                agent,
                new URL(path, world.service),
                addressOf(firstNetwork + (n % networks)),
                body(world, n),
              ),
            )
          }
        }
        const flooding = Promise.all(Array.from({ length: atOnce }, pour))
        const devices: Outcome[] = []
        for (let i = 0; i < genuine; i++) devices.push(await enrol(world))
        await flooding
        agent.destroy()
        const twin = everyOf(devices)
        codes.delete('')
        return { attack: twin.through ? refused(429, [...codes].sort().join(',')) : served(), twin }
      },
    },
  }
}

async function enrol(world: World): Promise<Outcome> {
  const device = await world.device()
  try {
    return await callFrom(device, world.apis.orders, world)
  } finally {
    device.close()
  }
}

/** Networks of this machine other than the one that genuine devices come from. */
function addressOf(network: number): string {
  return `127.66.${network}.1`
}

/** The code of the answer; empty for an answer without one. */
function send(agent: Agent, url: URL, localAddress: string, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    const sent = request(url, { agent, localAddress, method: 'POST', headers }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.on('end', () => resolve(/"code":"(\w+)"/.exec(text)?.[1] ?? ''))
    })
    sent.on('error', reject).end(body)
  })
}
