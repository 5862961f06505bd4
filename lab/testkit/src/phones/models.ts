import { unlockedDevice } from '../google/device-state.ts'
import type { KeyboxOptions, Provisioning } from '../google/keybox.ts'
import { simulateAndroidPhone, type AndroidPhone, type AndroidPhoneOptions } from './android-phone.ts'

/** What all phones are made from. A phone gets a keybox of its own unless one is given. */
export type PhoneOptions = Omit<AndroidPhoneOptions, 'keybox'> & {
  readonly keybox?: AndroidPhoneOptions['keybox']
}

/** A genuine Pixel: its attestation key is of its batch's, from the factory, or its own, provisioned remotely. */
export function simulatePixel({
  provisioning,
  securityLevel,
  certificatesIssued,
  ...options
}: PhoneOptions & KeyboxOptions): AndroidPhone {
  const keyboxOptions = {
    provisioning,
    ...(securityLevel === undefined ? {} : { securityLevel }),
    ...(certificatesIssued === undefined ? {} : { certificatesIssued }),
  }
  return simulateAndroidPhone({ ...options, keybox: options.keybox ?? options.google.keybox(keyboxOptions) })
}

/** A genuine phone whose owner has unlocked the boot loader: it boots what he likes, and says so. */
export function simulateUnlockedPhone(
  options: PhoneOptions & { readonly provisioning?: Provisioning },
): AndroidPhone {
  const { provisioning = 'remote', device, ...others } = options
  return simulatePixel({ ...others, provisioning, device: { ...unlockedDevice, ...device } })
}

/** An emulator: its keys are kept and attested by software, under a root whose private key everybody has. */
export function simulateEmulator(options: PhoneOptions): AndroidPhone {
  const phone = simulatePixel({
    ...options,
    provisioning: 'remote',
    device: { ...unlockedDevice, ...options.device },
  })
  phone.faults.keyAttestation = 'software-root'
  return phone
}
