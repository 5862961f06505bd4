import { memoryImage } from '@assay/client'
import { paths, type AttestationRequest } from '@assay/protocol'
import {
  apkSegments,
  createSoftwareKey,
  type AndroidKeyFault,
  type IphoneOptions,
  type PlayIntegrityFault,
} from '@assay/testkit'
import { attempt } from '../row/attempt.ts'
import { lookUp } from '../row/row.ts'
import type { Expected, Outcome, Story } from '../row/row.ts'
import type { PhoneStage } from '../stage/stage-phones.ts'
import type { Stage } from '../stage/stage.ts'

type Options = Parameters<PhoneStage['pixel']>[0]

/** The stage of the rows about phones. */
export interface PhoneRows {
  readonly stage: PhoneStage
  row(name: string, expected: Expected, outcome: Outcome): Promise<void>
  android(options?: Options): Promise<Outcome>
  ios(options?: Options): Promise<Outcome>
}

export function phoneRows({ phones: stage, service }: Stage, story: Story): PhoneRows {
  return {
    stage,
    async row(name, expected, outcome) {
      story.row(name, 'assay-hardware', expected, outcome)
      const found = await lookUp(service, outcome)
      if (found !== undefined) story.say(`     the operator finds: ${found}`)
    },
    android: (options) => attempt(stage.pixel(options), stage.apis.android),
    ios: (options) => attempt(stage.iphone(options), stage.apis.ios),
  }
}

/** Two genuine phones, beside what software measurement alone lets through. */
export async function genuinePhoneRows(stage: Stage, story: Story): Promise<void> {
  story.heading('Two phones that vouch for their app, and who has none')
  const { row, android, ios } = phoneRows(stage, story)
  const { phones } = stage.phones
  await row('genuine Pixel with the app', 'served', await android())
  await row('genuine iPhone with the app', 'served', await ios())
  const pixel = { key: createSoftwareKey(), evidence: phones.pixel().evidence }
  const iphone = { key: createSoftwareKey(), evidence: phones.iphone().evidence }
  for (const name of ['enrolled', 'refreshed'] as const) {
    await row(`Pixel, ${name}`, 'served', await android(pixel))
    await row(`iPhone, ${name}`, 'served', await ios(iphone))
  }

  const copy = memoryImage(await apkSegments(stage.apks.release))
  const headless = 'the SDK without the app, over a copy of it'
  const outcome = await attempt(stage.device({ apk: copy }), stage.apis.orders)
  story.row(headless, 'assay-software', 'served', outcome)
  await row(headless, 'refused', await android({ evidence: [] }))
  const resigned = phones.pixel({ app: { ...phones.installed, signers: ['5a'.repeat(32)] } })
  const patched = 'a re-signed app that measures a pristine copy'
  story.row(
    patched,
    'assay-software',
    'served',
    await attempt(stage.device({ apk: copy }), stage.apis.orders),
  )
  await row(patched, 'refused', await android({ evidence: resigned.evidence }))
  await row('the same phone, with the app as released', 'served', await android())
}

/** Evidence that no genuine phone with the genuine app gives. */
export async function brokenEvidenceRows(stage: Stage, story: Story): Promise<void> {
  story.heading('Evidence that is not as it should be')
  const rows = phoneRows(stage, story)
  const { row, android, ios } = rows
  const { phones } = stage.phones
  const chainWith = (fault: AndroidKeyFault) => {
    const phone = phones.pixel()
    phone.faults.keyAttestation = fault
    return android({ evidence: phone.evidence })
  }
  const { revoked, suspended } = phones.keyboxes
  const withKeybox = (keybox: typeof revoked) => android({ evidence: phones.pixel({ keybox }).evidence })
  const iosWith = (options: Partial<IphoneOptions>) => ios({ evidence: phones.iphone(options).evidence })
  await row('a chain extended with a fake leaf', 'refused', await chainWith('extended-chain'))
  await row(
    'an emulator: the software keystore',
    'refused',
    await android({ evidence: phones.emulator().evidence }),
  )
  await row('an unlocked boot loader', 'refused', await android({ evidence: phones.unlocked().evidence }))
  await row('a keybox that Google has revoked', 'refused', await withKeybox(revoked))
  await row('a keybox that Google has suspended', 'refused', await withKeybox(suspended))
  await row('an attestation of another installation', 'refused', await chainWith('other-challenge'))
  await row('evidence stripped on its way', 'refused', await android({ rewrite: withoutEvidence }))
  await row('a keybox that is on no list', 'served', await android())
  await row(
    "iPhone: another team's App ID",
    'refused',
    await iosWith({ appId: 'ZZZZZ99999.com.example.ios' }),
  )
  await row("iPhone: Apple's sandbox", 'refused', await iosWith({ environment: 'development' }))
  await row('iPhone: App ID and environment put right', 'served', await iosWith({}))
  await playRows(rows)
}

function withoutEvidence(path: string, body: string): string {
  if (path !== paths.attestations) return body
  return JSON.stringify({ ...(JSON.parse(body) as AttestationRequest), evidence: [] })
}

async function playRows({ row, android, stage: { phones } }: PhoneRows): Promise<void> {
  const verdictWith = (fault?: PlayIntegrityFault) => {
    const phone = phones.pixel({ play: phones.play })
    phone.faults.playIntegrity = fault
    return android({ evidence: phone.evidence })
  }
  await row('a Play token about another package', 'refused', await verdictWith('other-package'))
  await row('a Play token of an hour ago', 'refused', await verdictWith('stale'))
  await row('a Play token for another request, replayed', 'refused', await verdictWith('other-binding'))
  await row('evidence of two phones, of two versions', 'refused', await verdictWith('other-version'))
  await row('a Play token for this request, of this phone', 'served', await verdictWith())
}
