import { paths, type AttestationRequest, type EvidenceItem } from '@assay/protocol'
import type { Device } from '@assay/testkit'
import { always, onIphone, onPhone, onPixel } from '../../kinds/on-phone.ts'
import { allOf, everyOf } from '../../verdict.ts'

/** What a genuine device has sent for itself. */
async function recorded(making: Promise<Device>, audience: string): Promise<EvidenceItem> {
  const device = await making
  try {
    await device.client.getToken(audience)
    const sent = device.exchanges.find(({ path }) => path === paths.attestations)
    return (sent?.request as AttestationRequest).evidence[0] as EvidenceItem
  } finally {
    device.close()
  }
}

export const attestationRelayed = onPhone({
  id: 'attestation-relayed',
  title: "A genuine phone's attestation for its own installation is relayed for another",
  oat: 'OAT-019',
  method: "recorded on its way from a Pixel and an iPhone, sent with client data of the attacker's own key",
  attack: async (world) => {
    const chain = await recorded(world.device(), world.apis.orders.url)
    const attestation = await recorded(world.iosDevice(), world.iosOrders.url)
    const evidenceOf = (item: EvidenceItem) => ({ evidence: [always(item.format, () => item)] })
    return allOf([await onPixel(world, evidenceOf(chain)), await onIphone(world, evidenceOf(attestation))])
  },
  twin: async (world) => everyOf([await onPixel(world), await onIphone(world)]),
})
