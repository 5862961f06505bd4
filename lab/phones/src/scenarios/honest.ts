import { rm } from 'node:fs/promises'
import path from 'node:path'
import {
  claimsOf,
  keyOf,
  must,
  mustFail,
  mustSucceed,
  startPhone,
  reportedBy,
  type Scenario,
  type Stage,
} from './scenario.ts'

const day = 86_400_000

async function mustBeServed(phone: Awaited<ReturnType<typeof startPhone>>, stage: Stage): Promise<void> {
  const { status } = mustSucceed(await phone.ask('fetch', { url: `${stage.world.api.url}/v1/orders` }))
  must(status === 200, `the API answered ${String(status)}`)
}

/** What users of an honest app live through. */
export const honest: readonly Scenario[] = [
  {
    name: 'enrol',
    async play(stage) {
      const phone = await startPhone(stage, { name: 'enrol' })
      const claims = claimsOf(await phone.ask('token'))
      must(claims.holder_key === 'hardware', `holder_key is ${claims.holder_key}`)
      await mustBeServed(phone, stage)
    },
  },
  {
    name: 'refresh',
    async play(stage) {
      const phone = await startPhone(stage, { name: 'refresh' })
      const first = await phone.ask('token')
      const second = await phone.ask('token', { force: true })
      must(keyOf(first) === keyOf(second), 'the key changed')
      must(claimsOf(first).jti !== claimsOf(second).jti, 'the token is the same')
      must(claimsOf(second).holder_key === 'hardware', 'the hardware is forgotten')
      await mustBeServed(phone, stage)
    },
  },
  {
    name: 'expiry',
    async play(stage) {
      const phone = await startPhone(stage, { name: 'expiry' })
      const first = await phone.ask('token')
      await phone.ask('clock', { slept: 900_000 })
      const second = await phone.ask('token')
      must(claimsOf(first).jti !== claimsOf(second).jti, 'a token that has expired was given')
    },
  },
  {
    name: 'offline',
    async play(stage) {
      const { relay } = stage.world
      const phone = await startPhone(stage, { name: 'offline' })
      const first = await phone.ask('token')
      relay.isCut = true
      try {
        must(keyOf(await phone.ask('token')) === keyOf(first), 'the token at hand was not used')
        await mustBeServed(phone, stage)
        mustFail(await phone.ask('token', { force: true }), 'network')
      } finally {
        relay.isCut = false
      }
      await phone.ask('wake')
      mustSucceed(await phone.ask('token', { force: true }))
    },
  },
  ...[-day, day].map((wall) => ({
    name: wall < 0 ? 'clock-a-day-behind' : 'clock-a-day-ahead',
    async play(stage: Stage) {
      const phone = await startPhone(stage, { name: `clock${wall}` })
      await phone.ask('clock', { wall })
      await mustBeServed(phone, stage)
      await phone.ask('clock', { wall: 0 })
      await mustBeServed(phone, stage)
    },
  })),
  {
    name: 'key-lost',
    async play(stage) {
      const phone = await startPhone(stage, { name: 'key-lost' })
      const first = await phone.ask('token')
      await rm(path.join(phone.described.folder, 'keys'), { recursive: true })
      await mustBeServed(phone, stage)
      const second = await phone.ask('token', { force: true })
      must(keyOf(first) !== keyOf(second), 'the key is the one that was lost')
    },
  },
  {
    name: 'full-disk',
    async play(stage) {
      const phone = await startPhone(stage, { name: 'full-disk' })
      await phone.ask('disk', { full: true })
      await mustBeServed(phone, stage)
      const first = mustSucceed(await phone.ask('token', { force: true }))
      // Nothing on the disk says that the key has enrolled.
      mustSucceed(await stage.program.ask({ do: 'close', phone: phone.described.phone }))
      mustSucceed(await stage.program.ask(phone.described))
      const second = await phone.ask('token')
      must(keyOf(first) === keyOf(second), 'a full disk has cost the installation')
    },
  },
  {
    name: 'reset',
    async play(stage) {
      const phone = await startPhone(stage, { name: 'reset' })
      const first = await phone.ask('token')
      mustSucceed(await phone.ask('reset'))
      must(keyOf(first) !== keyOf(await phone.ask('token')), 'it is the same installation')
    },
  },
  {
    name: 'hardware-attests-nothing',
    async play(stage) {
      // Policy balanced: an enrolment without the evidence that the app is registered for is not affirming.
      const phone = await startPhone(stage, { name: 'no-attestation', fault: '-74' })
      const reply = await phone.ask('token')
      await reportedBy(
        phone,
        (events) => events.find(({ name, vendor }) => name === 'attestation-unavailable' && vendor === '-74'),
        "the vendor's code is not told",
      )
      if (reply.error === undefined)
        must(claimsOf(reply).holder_key === 'software', 'a software key is called more')
      else mustFail(reply, 'attestation_denied')
    },
  },
]
