import { createApkSigner, rebuildApk } from '@assay/testkit'
import type { Attack } from '../../attack.ts'
import { allOf, callFrom, refused, served, verdictOfAnswer } from '../../verdict.ts'

export const reasonLookedUp: Attack = {
  id: 'reason-looked-up',
  title: 'An attacker looks up why they were refused',
  oat: 'OAT-018',
  method: 'the trace id of their own denial, without a key and with that of a pipeline; twin: the operator',
  run: {
    assay: async (world) => {
      const evil = await createApkSigner('Repackager')
      const put = { 'assets/evil.js': Buffer.from('evil()') }
      const device = await world.device({
        apk: await rebuildApk(world.apks.release, { variant: 'as-is', put }, evil),
      })
      await callFrom(device, world.apis.orders, world)
      device.close()
      const { trace } = device.exchanges.at(-1)?.response as { trace: string }
      const url = new URL(`/v1/attestations/${trace}`, world.service)
      const key = await world.operator.registrationKey(world.apps.android)
      const tries = [{}, { authorization: `Bearer ${key}` }].map(async (headers) =>
        verdictOfAnswer(await fetch(url, { headers }), world),
      )
      const reason = await world.operator.codeOf(trace)
      return {
        attack: allOf(await Promise.all(tries)),
        twin: reason === undefined ? refused(404, 'trace_not_found') : served(),
      }
    },
  },
}
