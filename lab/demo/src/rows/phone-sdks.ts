import { attackKotlin, attackSwift, type AttackedSdk } from '@assay/attacks'
import { builtPhone, isBuilt } from '@assay/phones'
import type { Story } from '../row/row.ts'

/** Attacks that are shown, by their ids in the table of attacks; the twin of each is the genuine phone. */
const shown = ['one-bit-changed', 'evidence-left-out'] as const
const titles: Readonly<Record<(typeof shown)[number], string>> = {
  'one-bit-changed': 'the same, one bit of its app changed',
  'evidence-left-out': 'the same, without what its hardware gives',
}

/** A Pixel with the Kotlin SDK and an iPhone with the Swift SDK, where these were built (`npm run test:all` and `npm run phones` do). */
export async function phoneSdkRows(story: Story): Promise<void> {
  story.heading('The SDKs of phones themselves, on simulated hardware')
  if (isBuilt()) tell(story, 'Pixel with the Kotlin SDK', await attackKotlin(shown))
  else story.say('not run: the Android SDK is not built here')
  const phone = builtPhone()
  if (phone === undefined) story.say('not run: the iOS SDK is not built here')
  else tell(story, 'iPhone with the Swift SDK', await attackSwift(phone, shown))
}

function tell(story: Story, name: string, attacked: readonly AttackedSdk[]): void {
  const { fault } = attacked[0] ?? { fault: 'nothing was tried' }
  const genuine = fault === undefined ? { status: 200, code: null } : { status: 403, code: fault }
  story.row(name, 'assay-hardware', 'served', genuine)
  for (const { id, code } of attacked) {
    const title = `${name}: ${titles[id as keyof typeof titles]}`
    const outcome = code === null ? { status: 200, code } : { status: 403, code: 'attestation_denied' }
    story.row(title, 'assay-hardware', 'refused', outcome)
    if (code !== null) story.say(`     the operator finds: ${code}`)
  }
}
