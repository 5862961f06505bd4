import { createHash } from 'node:crypto'
import { bindingInput, decodeBase64url, type AppEvidence, type AttestationRequest } from '@assay/protocol'
import {
  createAppleCa,
  createGoogleCa,
  createGoogleMock,
  createGooglePlay,
  simulateAndroidPhone,
  simulateEmulator,
  simulateIphone,
  simulateUnlockedPhone,
  writeTestVendors,
  type AndroidApp,
  type AndroidPhone,
} from '@assay/testkit'
import type { Phones } from '../world.ts'

/** Apple and Google of our own, and what they make. */
export interface Vendors {
  /** @param installed the Android app as phones name it */
  phones(installed: AndroidApp): Phones
  /** Writes the file for `assay serve --test-vendors`. */
  write(file: string): Promise<void>
  close(): Promise<void>
}

export const appId = 'ASSAY12345.com.example.ios'

/** Small, so that attacks reach it. */
const enrolmentsPerDay = { device: 3, batch: 5 }

/** Seconds that a verdict of Play Integrity may be old. */
const oldestVerdict = 600

/** What the apps are registered for. */
export const androidEvidence: AppEvidence = {
  android_key_attestation: { enrolments_per_day: enrolmentsPerDay },
  play_integrity: { request: 'classic', calls_per_day: 1, max_age: oldestVerdict },
}
export const iosEvidence: AppEvidence = {
  apple_app_attest: { app_ids: [appId], environments: ['production'], system: 'ios' },
}

/** Starts a status list that lists two keyboxes from the beginning: services keep it for a day. */
export async function startVendors(): Promise<Vendors> {
  const apple = createAppleCa()
  const google = createGoogleCa()
  const play = createGooglePlay()
  const mock = await createGoogleMock({ play })
  const keyboxes = {
    revoked: google.keybox({ provisioning: 'remote' }),
    suspended: google.keybox({ provisioning: 'factory' }),
  }
  mock.statusList.revoke(keyboxes.revoked.serials[0] as string)
  mock.statusList.suspend(keyboxes.suspended.serials[0] as string)
  return {
    phones: (installed) => ({
      installed,
      appId,
      play,
      keyboxes,
      enrolmentsPerDay,
      newBatch: () => google.keybox({ provisioning: 'factory' }),
      pixel: (options = {}) =>
        simulateAndroidPhone({
          google,
          app: installed,
          keybox: options.keybox ?? google.keybox({ provisioning: 'remote' }),
          ...options,
        }),
      emulator: () => simulateEmulator({ google, app: installed }),
      unlocked: () => simulateUnlockedPhone({ google, app: installed }),
      iphone: (options = {}) => simulateIphone({ apple, appId, ...options }),
    }),
    write: (file) => writeTestVendors(file, { apple, google, mock }),
    close: () => mock.close(),
  }
}

/** The answer, its chains replaced by ones of this phone for the client data as it is now. */
export function vouchedFor(answer: AttestationRequest, phone: AndroidPhone): AttestationRequest {
  const bytes = decodeBase64url(answer.client_data)
  if (bytes === undefined) return answer
  const binding = createHash('sha256').update(bindingInput(bytes)).digest('base64url')
  const evidence = answer.evidence.map((item) =>
    item.format === 'android-key-attestation' ? phone.attest(binding) : item,
  )
  return { ...answer, evidence }
}
