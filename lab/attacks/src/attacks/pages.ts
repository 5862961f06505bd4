import { request } from 'node:http'
import { paths } from '@assay/protocol'
import { without } from '../attack/sdks.ts'
import type { Attack } from '../attack/attack.ts'
import { onlyHardware, refusedWith } from '../attack/expected.ts'
import { call, callFrom, present } from '../world/call.ts'
import { refused, served, type Outcome } from '../world/outcome.ts'
import type { HardwareWorld, OtherService } from '../world/world.ts'

const networks = 20
/** Of each kind, and as how many each counts. */
const [strangers, times] = [40, 100]
/** Genuine phones that are refused. */
const phones = 21

/** Attempts to have an operator paged without cause. */
export const pages: readonly Attack[] = [
  {
    id: 'page-rung-by-strangers',
    sdks: without('at-the-service'),
    title: 'Strangers from 20 networks make the alerts page, until nobody listens to them',
    oat: 'OAT-015',
    isAlone: true,
    needs: ['loopback-networks', 'promtool'],
    method: `junk, made-up builds, signed answers without hardware under made-up OS versions, emulators, forged and expired tokens: ${strangers} of each, counted ${times}-fold within five minutes; the alerts are evaluated by promtool over what the service states; twin: ${phones} phones whom hardware vouches for are refused`,
    expected: onlyHardware(refusedWith('NO_PAGE')),
    run: {
      'assay-hardware': async (world) => {
        const service = await world.startOther('test')
        try {
          const pixel = () => service.attest('android', { evidence: world.phones.pixel().evidence })
          const first = await pixel()
          if (!first.through) return { attack: first, twin: first }
          const rung = await service.pages(() => pester(world, service), times)
          const genuine = await service.pages(async () => {
            for (let i = 0; i < phones; i++)
              await service.attest('android', { evidence: world.phones.unlocked().evidence })
            return {}
          }, 1)
          return {
            attack: rung.length === 0 ? refused(0, 'NO_PAGE') : served(),
            twin: genuine.includes('AssayBuildRefusesAll') ? served() : refused(0, 'NO_PAGE'),
          }
        } finally {
          await service.stop()
        }
      },
    },
  },
]

/** @returns how often a guard refused meanwhile, by code */
async function pester(world: HardwareWorld, service: OtherService): Promise<Record<string, number>> {
  const refusals: Record<string, number> = {}
  const note = ({ code }: Outcome) => (refusals[code ?? ''] = (refusals[code ?? ''] ?? 0) + 1)
  const device = await world.device()
  try {
    for (let n = 0; n < strangers; n++) {
      await send(service.url + paths.attestations, n, '{"client_data":"junk"}')
      await send(service.url + paths.challenges, n, service.challengeBody(`forged-${n}`))
      await send(service.url + paths.attestations, n, await service.unsent())
      await service.attest('android', { evidence: world.phones.emulator().evidence })
      note(await call(world.apis.orders, { headers: present(`forged.${n}.token`, 'proof') }))
      note(await callFrom(device, world.apis.later, world))
    }
  } finally {
    device.close()
  }
  return refusals
}

/** From one of the networks, by a system that does not exist. */
function send(url: string, n: number, body: string): Promise<void> {
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'user-agent': `Dalvik/2.1.0 (Linux; U; Android ${100 + n}; Pixel 9)`,
  }
  const localAddress = `127.67.${n % networks}.1`
  return new Promise((resolve, reject) => {
    const sent = request(url, { localAddress, method: 'POST', headers }, (response) => {
      response.resume().on('end', resolve)
    })
    sent.on('error', reject).end(body)
  })
}
