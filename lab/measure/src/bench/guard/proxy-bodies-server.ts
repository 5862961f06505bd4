import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import type { VerificationJwk } from '@assay/protocol'
import { createMemoryReplayStore } from '@assay/guard'
import { createNodeGuard } from '@assay/guard/node'
import { checkConfig, checkForm, createMemoryMeter, createProxy, Secrets } from '@assay/proxy'
import { app, audience, issuer, now } from './minting.ts'

/** A proxy in a process of its own. It sends its port, then, whenever it is asked, its peak resident size in kB. */
const [upstream = '', issuerKey = ''] = process.argv.slice(2)
const clock = () => now * 1000
const meter = {
  installation: { requests: ['1000/day'] },
  network: { requests: ['1000000/day'] },
  all: { cost: ['100000000000/day'] },
  cost: { member: '/usage/total_tokens', reserve: { fixed: 1, per_byte: 1 } },
}
const form = checkForm({
  issuer,
  audience,
  apps: [app],
  tiers: ['warning'],
  routes: [
    {
      name: 'all',
      methods: ['POST'],
      path: '/v1/*',
      upstream,
      inject: { fields: { 'x-api-key': { environment: 'KEY' } } },
      meter,
    },
  ],
})
const files = { version: () => '', read: () => '' }
const env = { KEY: 'sk-of-the-benchmark-0001' }
const config = checkConfig(form, new Secrets({ files, env, onEvent: () => undefined }))
const proxy = createProxy({
  config,
  guard: createNodeGuard({
    issuer,
    audience,
    jwks: { keys: [JSON.parse(issuerKey) as VerificationJwk] },
    apps: [app],
    tiers: ['affirming', 'warning'],
    mode: 'bound',
    clock,
    replayStore: createMemoryReplayStore({ clock }),
  }),
  meter: createMemoryMeter({ rules: config.meterRules, clock }),
  clock,
  onExchange: () => undefined,
  onFault: (fault) => {
    throw fault
  },
})
proxy.server.listen(0, '127.0.0.1')
await once(proxy.server, 'listening')
process.on('message', () => process.send?.(peak()))
process.on('disconnect', () => process.exit())
process.send?.((proxy.server.address() as AddressInfo).port)

function peak(): number {
  return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1])
}
