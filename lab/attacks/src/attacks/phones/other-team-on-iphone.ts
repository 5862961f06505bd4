import { onIphone, onPhone } from '../../kinds/on-phone.ts'
import { allOf } from '../../verdict.ts'

export const otherTeamOnIphone = onPhone({
  id: 'other-team-on-iphone',
  title: 'A re-signed app on a genuine iPhone: the App ID of another team, or another bundle',
  oat: 'OAT-020',
  method: 'attested by Apple, for ZZZZZ99999 and the genuine bundle id, and for the genuine team and another',
  attack: async (world) => {
    const { appId } = world.phones
    const others = [appId.replace(/^[^.]*/, 'ZZZZZ99999'), `${appId}.helper`]
    const tries = others.map((other) => onIphone(world, world.phones.iphone({ appId: other })))
    return allOf(await Promise.all(tries))
  },
  twin: onIphone,
})
