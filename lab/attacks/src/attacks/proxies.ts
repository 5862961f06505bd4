import { without } from '../attack/sdks.ts'
import type { Attack } from '../attack/attack.ts'
import { noService, onlyAssay, refusedWith } from '../attack/expected.ts'
import { allOf, everyOf } from '../world/outcome.ts'

/** Paths that a proxy which decodes them takes for one that is open to everyone, and the service for a route of operators. */
const disguised = ['/v1/apps', '/v1/policies', '/v1/apis'].flatMap((route) =>
  ['..%2fchallenges', '..%2Fattestations', '..%2fstatus%2fa', '%2e%2e%2fchallenges', '..%2f..%2flivez'].map(
    (rest) => `${route}/${rest}`,
  ),
)

/** What stands in front of the service, HAProxy and nginx as `deploy/` configures them. */
export const proxies: readonly Attack[] = [
  {
    id: 'operator-route-through-encoded-slash',
    sdks: without('at-the-service'),
    title: 'A leaked key is used at the routes of operators from outside of their network',
    oat: 'OAT-014',
    method:
      'paths with encoded slashes and dots that look open to everyone once they are decoded; twin: the same key from their network',
    needs: ['haproxy', 'nginx', 'loopback-networks'],
    expected: onlyAssay(noService, refusedWith('HTTP_403,HTTP_404')),
    run: {
      assay: async ({ operator, apps, startProxies }) => {
        const key = await operator.registrationKey(apps.android)
        const before = await startProxies()
        try {
          const tries = []
          for (const target of disguised) tries.push(...(await before.ask('outside', target, key)))
          const inside = [`/v1/apps/${apps.android}/builds`, '/v1/apps/..%2fnone']
          const twins = []
          for (const target of inside) twins.push(...(await before.ask('inside', target, key)))
          return { attack: allOf(tries), twin: everyOf(twins) }
        } finally {
          await before.stop()
        }
      },
    },
  },
]
