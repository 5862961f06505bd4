import { paths } from '@assay/protocol'
import type { Attack, Verdict } from '../../attack.ts'
import { allOf, everyOf, refused, served } from '../../verdict.ts'
import { shop, type World } from '../../world.ts'

/** Whether a browser would let a page of `origin` call the service. */
async function preflight({ service }: World, path: string, origin: string): Promise<Verdict> {
  const response = await fetch(new URL(path, service), {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    },
  })
  const allowed = response.headers.get('access-control-allow-origin')
  await response.arrayBuffer()
  return allowed === origin || allowed === '*' ? served(response.status) : refused(response.status, 'NO_CORS')
}

export const pageOfForeignOrigin: Attack = {
  id: 'page-of-foreign-origin',
  title: "A foreign web page has its visitors' browsers speak to the service",
  oat: 'OAT-015',
  method: 'preflight requests of origins that are not registered, and of ones that only look like it; null',
  run: {
    assay: async (world) => {
      const foreign = [
        'https://evil.example',
        `${shop.origin}.evil.example`,
        shop.origin.replace('https:', 'http:'),
        `${shop.origin}:8443`,
        'null',
      ]
      const both = [paths.challenges, paths.attestations]
      const tries = foreign.flatMap((origin) => both.map((path) => preflight(world, path, origin)))
      const twins = both.map((path) => preflight(world, path, shop.origin))
      return { attack: allOf(await Promise.all(tries)), twin: everyOf(await Promise.all(twins)) }
    },
  },
}
