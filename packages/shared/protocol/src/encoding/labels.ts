import { concat } from './bytes.ts'
import { utf8 } from './utf8.ts'

/** A domain separator: the ASCII text followed by one zero byte. */
export function label(text: string): Uint8Array<ArrayBuffer> {
  return concat(utf8(text), new Uint8Array(1))
}

/** Domain separators of the protocol. Each starts one kind of hash, MAC or signature input and no other. */
export const labels = {
  binding: label('assay/binding/1'),
  androidKey: label('assay/android-key/1'),
  clientData: label('assay/client-data/1'),
  challenge: label('assay/challenge/1'),
  epoch: label('assay/epoch/1'),
  segment: label('assay/seg/1'),
  image: label('assay/image/1'),
  response: label('assay/resp/1'),
  tag: label('assay/tag/1'),
} as const
