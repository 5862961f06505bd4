import { forgeProof } from '@assay/testkit'
import { without } from '../attack/sdks.ts'
import type { Attack } from '../attack/attack.ts'
import { noGuard, onlyAssay, refusedWith } from '../attack/expected.ts'
import { withLoot } from '../kinds/forged-request.ts'
import { call, present } from '../world/call.ts'
import { allOf, everyOf } from '../world/outcome.ts'
import { shop } from '../world/world.ts'

/** What a gateway tells the API about the app, in the order of the guide. */
const stated = [
  'Assay-App',
  'Assay-Build',
  'Assay-Platform',
  'Assay-Tier',
  'Assay-Holder-Key',
  'Assay-Installation',
  'Assay-Waived',
]

/** Each with `_` in the place of one `-` or of both. */
const underscored = [
  ...stated.map((name) => name.replaceAll('-', '_')),
  'Assay_Holder-Key',
  'Assay-Holder_Key',
]

/** Real gateways that ask the guard, and an API that believes them. */
export const gatewayAttacks: readonly Attack[] = [
  {
    id: 'gateway-fields-forged',
    sdks: without('at-the-api'),
    title: 'A script tells an API behind a gateway that it is the app',
    oat: 'OAT-011',
    method:
      "all fields by which nginx, Caddy and HAProxy tell it, and those by which they ask the guard, in several spellings, without a token; then once more, and with no field at all, while the guard lets everybody through (a rollout); `APP_UNKNOWN`: the API's own refusal; twin: a genuine request with the same forged fields",
    needs: ['caddy', 'haproxy', 'nginx'],
    expected: onlyAssay(noGuard, refusedWith('APP_UNKNOWN,TOKEN_MISSING')),
    run: {
      assay: (world) =>
        withLoot(world, async ({ token, key, url }) => {
          const { targets, rollOut, stop } = await world.startGateways()
          const forged = Object.fromEntries(stated.map((name) => [name, world.apps.android]))
          const question = {
            'X-Original-URI': shop.open,
            'X-Original-Method': 'OPTIONS',
            'X-Forwarded-Uri': shop.open,
            'X-Forwarded-Method': 'OPTIONS',
          }
          const spelled = (change: (name: string) => string) =>
            Object.fromEntries(stated.map((name) => [change(name), world.apps.android]))
          const tries = [
            forged,
            { ...forged, ...question },
            spelled((name) => name.toUpperCase()),
            spelled((name) => name.replaceAll('-', '_')),
          ]
          try {
            const attacks = []
            const twins = []
            for (const target of targets) {
              for (const headers of tries) attacks.push(await call(target, { headers }))
              const headers = {
                ...forged,
                'Assay-App': 'com.evil',
                ...present(token, forgeProof(key, 'GET', url)),
              }
              twins.push(await call(target, { headers }))
            }
            rollOut()
            for (const target of targets)
              for (const headers of [...tries, {}]) attacks.push(await call(target, { headers }))
            return { attack: allOf(attacks), twin: everyOf(twins) }
          } finally {
            await stop()
          }
        }),
    },
  },
  {
    id: 'field-with-underscore',
    sdks: without('at-the-api'),
    title: 'A script spells the fields of the guard with underscores, which some backends take for hyphens',
    oat: 'OAT-011',
    method:
      "behind nginx (with `underscores_in_headers on`), Caddy and HAProxy, to an API that reads fields as WSGI does: without a token, and once more while the guard lets everybody through (a rollout); `APP_UNKNOWN`: the API's own refusal; twin: a genuine request with the same fields",
    needs: ['caddy', 'haproxy', 'nginx'],
    expected: onlyAssay(noGuard, refusedWith('APP_UNKNOWN,TOKEN_MISSING')),
    run: {
      assay: (world) =>
        withLoot(world, async ({ token, key, url }) => {
          const { targets, rollOut, stop } = await world.startGateways()
          const headers = Object.fromEntries(underscored.map((name) => [name, world.apps.android]))
          try {
            const attacks = []
            const twins = []
            for (const target of targets) {
              attacks.push(await call(target, { headers }))
              const genuine = { ...headers, ...present(token, forgeProof(key, 'GET', url)) }
              twins.push(await call(target, { headers: genuine }))
            }
            rollOut()
            for (const target of targets) attacks.push(await call(target, { headers }))
            return { attack: allOf(attacks), twin: everyOf(twins) }
          } finally {
            await stop()
          }
        }),
    },
  },
]
