import { paths, type AttestationRequest, type EvidenceItem } from '@assay/protocol'
import { createSoftwareKey } from '@assay/testkit'
import { always, onIphone, onPhone } from '../../kinds/on-phone.ts'
import type { HardwareWorld } from '../../world.ts'

const format = 'apple-app-attest-assertion'

/** The assertion of a refresh, as it went over the wire. */
async function recordRefresh(world: HardwareWorld, key = createSoftwareKey(), phone = world.phones.iphone()) {
  await onIphone(world, phone, { key })
  const device = await world.iosDevice({ key, evidence: phone.evidence })
  try {
    await device.client.getToken(world.iosOrders.url)
    const sent = device.exchanges.findLast(({ path }) => path === paths.attestations)
    const item = (sent?.request as AttestationRequest).evidence.find((each) => each.format === format)
    return { key, phone, item: item as EvidenceItem }
  } finally {
    device.close()
  }
}

export const assertionReplayed = onPhone({
  id: 'assertion-replayed',
  title: 'The assertion of an earlier refresh is sent with a copied installation key',
  oat: 'OAT-019',
  method: 'recorded on its way; client data is new and signed with the copied key',
  attack: async (world) => {
    const { key, item } = await recordRefresh(world)
    return onIphone(world, { evidence: [always(format, () => item)] }, { key })
  },
  twin: async (world) => {
    const { key, phone } = await recordRefresh(world)
    return onIphone(world, phone, { key })
  },
})
