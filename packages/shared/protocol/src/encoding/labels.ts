import { utf8 } from './utf8.ts'

/** A domain separator: the ASCII text followed by one zero byte. */
export function label(text: string): Uint8Array<ArrayBuffer> {
  return utf8(`${text}\0`)
}

/** A domain separator of this protocol, in its first version. */
function ours(kind: string): Uint8Array<ArrayBuffer> {
  return utf8(`assay/${kind}/1\0`)
}

// One by one, so that an app ships only those that its SDK uses.
export const bindingLabel = /* @__PURE__ */ ours('binding')
export const clientDataLabel = /* @__PURE__ */ ours('client-data')
export const segmentLabel = /* @__PURE__ */ ours('seg')
export const imageLabel = /* @__PURE__ */ ours('image')
export const responseLabel = /* @__PURE__ */ ours('resp')
export const tagLabel = /* @__PURE__ */ ours('tag')

/** Domain separators of the protocol. Each starts one kind of hash, MAC or signature input and no other. */
export const labels = /* @__PURE__ */ Object.freeze({
  binding: bindingLabel,
  androidKey: /* @__PURE__ */ ours('android-key'),
  clientData: clientDataLabel,
  challenge: /* @__PURE__ */ ours('challenge'),
  epoch: /* @__PURE__ */ ours('epoch'),
  segment: segmentLabel,
  image: imageLabel,
  response: responseLabel,
  tag: tagLabel,
})
