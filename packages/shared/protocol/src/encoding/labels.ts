import { utf8 } from './utf8.ts'

/** A domain separator: the ASCII text followed by one zero byte. */
export function label(text: string): Uint8Array<ArrayBuffer> {
  return utf8(`${text}\0`)
}

// One by one, so that an app ships only those that its SDK uses.
export const bindingLabel = /* @__PURE__ */ label('assay/binding/1')
export const clientDataLabel = /* @__PURE__ */ label('assay/client-data/1')
export const segmentLabel = /* @__PURE__ */ label('assay/seg/1')
export const imageLabel = /* @__PURE__ */ label('assay/image/1')
export const responseLabel = /* @__PURE__ */ label('assay/resp/1')
export const tagLabel = /* @__PURE__ */ label('assay/tag/1')

/** Domain separators of the protocol. Each starts one kind of hash, MAC or signature input and no other. */
export const labels = /* @__PURE__ */ Object.freeze({
  binding: bindingLabel,
  androidKey: /* @__PURE__ */ label('assay/android-key/1'),
  clientData: clientDataLabel,
  challenge: /* @__PURE__ */ label('assay/challenge/1'),
  epoch: /* @__PURE__ */ label('assay/epoch/1'),
  segment: segmentLabel,
  image: imageLabel,
  response: responseLabel,
  tag: tagLabel,
})
