import { createSoftwareKey, type AndroidPhone } from '@assay/testkit'
import type { Attack, Attempt } from '../../attack.ts'
import { everyOf } from '../../verdict.ts'
import type { HardwareWorld } from '../../world.ts'

/** Two phones enrol; Google revokes the keybox of one; both refresh once the service has read the list again. */
async function refreshBoth({ phones, startOther }: HardwareWorld): Promise<Attempt> {
  const service = await startOther('test')
  const installed = ({ evidence }: AndroidPhone) => {
    const key = createSoftwareKey()
    return () => service.attest('android', { key, evidence })
  }
  try {
    const leaked = phones.pixel()
    const [attestLeaked, attestGenuine] = [installed(leaked), installed(phones.pixel())]
    const enrolled = everyOf([await attestLeaked(), await attestGenuine()])
    phones.revoke(leaked.keybox)
    await service.restart()
    return { attack: await attestLeaked(), twin: everyOf([enrolled, await attestGenuine()]) }
  } finally {
    await service.stop()
  }
}

export const keyboxRevokedLater: Attack = {
  id: 'keybox-revoked-later',
  title: 'A keybox is revoked after it has vouched for a key, which then refreshes',
  oat: 'OAT-019',
  method: 'remembered evidence is held against the list of the day; the twin is a phone with another keybox',
  run: { 'assay-hardware': refreshBoth },
}
