import { createSoftwareKey, forgeAttestation, type Device } from '@assay/testkit'
import { paths, type AttestationRequest, type ClientData } from '@assay/protocol'
import { outcomeOf, type Outcome, type Story } from '../row/row.ts'
import type { Stage } from '../stage/stage.ts'

/** Answers and challenges used again, by the same device and by another. */
export async function replayRows(stage: Stage, story: Story): Promise<void> {
  story.heading('Challenges and answers used again')
  const device = await stage.device()
  await device.client.getToken(stage.apis.orders.url)
  const recorded = attestationOf(device)
  const send = async (body: AttestationRequest): Promise<Outcome> =>
    outcomeOf(
      await fetch(new URL(paths.attestations, stage.service.url), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    )
  story.row(
    'the very same answer again (a lost reply): the same claims',
    'assay-software',
    'served',
    await send(recorded),
  )

  const other = forgeAttestation(recorded, device.key, (data) => ({ ...data, sdk: 'other/1' }))
  story.row('another answer to a used challenge', 'assay-software', 'refused', await send(other))

  const thief = createSoftwareKey()
  const stolen = forgeAttestation(recorded, thief, (data) => ({ ...data, key: thief.publicJwk }))
  story.row('a challenge replayed under another key', 'assay-software', 'refused', await send(stolen))

  const elsewhere = forgeAttestation(recorded, device.key, (data) => ({ ...data, app: 'com.example.other' }))
  story.row('a challenge replayed for another app', 'assay-software', 'refused', await send(elsewhere))

  const badlySigned = forgeAttestation(recorded, thief, (data: ClientData) => data)
  story.row('an answer signed by another key', 'assay-software', 'refused', await send(badlySigned))
  story.row('the answer as it was, once more', 'assay-software', 'served', await send(recorded))
  device.close()
}

function attestationOf(device: Device): AttestationRequest {
  const exchange = device.exchanges.find(({ path }) => path === paths.attestations)
  if (exchange === undefined) throw new Error('the device has not attested')
  return exchange.request as AttestationRequest
}
