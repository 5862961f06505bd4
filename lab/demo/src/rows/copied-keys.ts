import { setTimeout as wait } from 'node:timers/promises'
import { createSoftwareKey, type SoftwareKey } from '@assay/testkit'
import { attempt } from '../row/attempt.ts'
import type { Story } from '../row/row.ts'
import { hastyAge } from '../stage/stage-phones.ts'
import type { Stage } from '../stage/stage.ts'
import { phoneRows, type PhoneRows } from './phones.ts'

/** Attacks that hardware cannot stop completely, and what limits them. */
export async function copiedKeyRows(stage: Stage, story: Story): Promise<void> {
  story.heading('Copied keys, and a phone that vouches for others')
  const rows = phoneRows(stage, story)
  await assertionRows(rows)
  await ageRows(rows, story)
  await brokerRows(rows, story)
}

async function assertionRows({ row, ios, stage: { phones } }: PhoneRows): Promise<void> {
  const phone = phones.iphone()
  const key = createSoftwareKey()
  const { evidence } = phone
  await row('iPhone, enrolled', 'served', await ios({ key, evidence }))
  await row('its installation key, copied, without the phone', 'refused', await ios({ key, evidence: [] }))
  await row('iPhone, refreshed', 'served', await ios({ key, evidence }))
  phone.counter -= 1
  await row('its counter rolled back', 'refused', await ios({ key, evidence }))
  await row('its counter as it goes on', 'served', await ios({ key, evidence }))
}

async function ageRows({ row, stage }: PhoneRows, story: Story): Promise<void> {
  const { hasty } = stage.apis
  const audiences = { [hasty.url]: hasty.url }
  const key = createSoftwareKey()
  const asThief = (copied: SoftwareKey) =>
    attempt(stage.pixel({ key: copied, audiences, evidence: [] }), hasty)
  await row('Pixel, enrolled', 'served', await attempt(stage.pixel({ key, audiences }), hasty))
  await row('its installation key, copied: evidence is young', 'served', await asThief(key))
  story.say(`a policy of ${hastyAge} seconds stands for one of a day`)
  await wait((hastyAge + 1) * 1000)
  await row('the copied key, once the evidence is old', 'refused', await asThief(key))
}

async function brokerRows({ row, android, stage }: PhoneRows, story: Story): Promise<void> {
  const { enrolmentsPerDay: limit } = stage
  story.say(`a genuine phone attests the keys of scripts: the app is registered for ${limit} new keys a day`)
  const { evidence } = stage.phones.pixel()
  for (let i = 1; i <= limit; i++)
    await row(`a script's key, number ${i}`, 'served', await android({ evidence }))
  await row(`a script's key, number ${limit + 1}`, 'refused', await android({ evidence }))
}
