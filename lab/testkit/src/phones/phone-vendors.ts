import { createAppleMock, type TeamKey } from '../apple/apple-mock.ts'
import { createAppleCa } from '../apple/apple-ca.ts'
import { createGoogleCa } from '../google/google-ca.ts'
import { createGoogleMock } from '../google/google-mock.ts'
import type { AndroidApp } from '../google/key-description.ts'
import type { Behaviour } from '../google/http-behaviour.ts'
import type { Keybox } from '../google/keybox.ts'
import { createGooglePlay, type GooglePlay } from '../google/play-integrity.ts'
import { writeTestVendors } from '../service/test-vendors.ts'
import { simulateAndroidPhone, type AndroidPhone, type AndroidPhoneOptions } from './android-phone.ts'
import { simulateIphone, type Iphone, type IphoneOptions } from './iphone.ts'
import { simulateEmulator, simulateUnlockedPhone } from './models.ts'

/** Phones with one app, on Android and on iOS. */
export interface Phones {
  /** The installed app as Android names it. */
  readonly installed: AndroidApp
  /** Team id, a dot, bundle id: of the iOS app. */
  readonly appId: string
  /** Google Play, which knows the Android app. */
  readonly play: GooglePlay
  /** Keyboxes that Google has listed. */
  readonly keyboxes: { readonly revoked: Keybox; readonly suspended: Keybox }
  /** Adds a keybox to Google's list. Services learn of it when they read the list again. */
  revoke(keybox: Keybox): void
  /** From now on Google answers a request for its list so. */
  statusListIs(behaviour: Behaviour): void
  /** A keybox that a whole batch of phones has from the factory. */
  newBatch(): Keybox
  /** A genuine Pixel with an attestation key of its own and the genuine app, unless `options` say otherwise. */
  pixel(options?: Partial<AndroidPhoneOptions>): AndroidPhone
  /** An emulator with the genuine app. */
  emulator(): AndroidPhone
  /** A phone with the genuine app whose owner has unlocked the boot loader. */
  unlocked(options?: Partial<AndroidPhoneOptions>): AndroidPhone
  /** A genuine iPhone with the genuine app, unless `options` say otherwise. */
  iphone(options?: Partial<IphoneOptions>): Iphone
}

/** Simulated Apple and Google, for a service that is configured with them. */
export interface PhoneVendors {
  /** The keys of the Android app's classic requests, as the Play Console provides them. */
  readonly playKeys: GooglePlay['keys']
  /** With which the iOS app's team asks Apple about its devices. */
  readonly teamKey: TeamKey
  phones(installed: AndroidApp, appId: string): Phones
  /** Writes the file for `assay serve --test-vendors`. */
  write(file: string): Promise<void>
  close(): Promise<void>
}

/** Two keyboxes are listed from the beginning: services keep the list for a day. */
export async function startPhoneVendors(): Promise<PhoneVendors> {
  const apple = createAppleCa()
  const google = createGoogleCa()
  const play = createGooglePlay()
  const mock = await createGoogleMock({ play })
  const appleMock = await createAppleMock({ apple })
  const keyboxes = {
    revoked: google.keybox({ provisioning: 'remote' }),
    suspended: google.keybox({ provisioning: 'factory' }),
  }
  const revoke = ({ serials }: Keybox) => mock.statusList.revoke(serials[0] as string)
  revoke(keyboxes.revoked)
  mock.statusList.suspend(keyboxes.suspended.serials[0] as string)
  return {
    playKeys: play.keys,
    teamKey: appleMock.teamKey,
    phones: (installed, appId) => ({
      installed,
      appId,
      play,
      keyboxes,
      revoke,
      statusListIs: (behaviour) => mock.behave('statusList', behaviour),
      newBatch: () => google.keybox({ provisioning: 'factory' }),
      pixel: (options = {}) =>
        simulateAndroidPhone({
          google,
          app: installed,
          keybox: options.keybox ?? google.keybox({ provisioning: 'remote' }),
          ...options,
        }),
      emulator: () => simulateEmulator({ google, app: installed }),
      unlocked: (options = {}) => simulateUnlockedPhone({ google, app: installed, ...options }),
      iphone: (options = {}) => simulateIphone({ apple, appId, ...options }),
    }),
    write: (file) => writeTestVendors(file, { apple, google, mock, appleMock }),
    close: async () => {
      await mock.close()
      await appleMock.close()
    },
  }
}
