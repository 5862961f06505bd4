import { androidKey } from './formats/android-key-attestation.ts'
import { apk } from './formats/apk.ts'
import { appleAssertion, appleAttestation } from './formats/apple-app-attest.ts'
import { ipa, macho } from './formats/ipa.ts'
import { playIntegrityToken } from './formats/play-integrity.ts'
import type { VectorFormat } from './format/format.ts'

/** The formats that can be run, by the name that vectors give. A new format is one line here. */
export const formats: ReadonlyMap<string, VectorFormat> = new Map([
  ['android-key-attestation', androidKey],
  ['apk', apk],
  ['apple-app-attest-attestation', appleAttestation],
  ['apple-app-attest-assertion', appleAssertion],
  ['ipa', ipa],
  ['macho', macho],
  ['play-integrity', playIntegrityToken],
])
