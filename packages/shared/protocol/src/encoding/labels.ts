import { utf8 } from '@assay/protocol/encodings'

/** A domain separator: the ASCII text followed by one zero byte. */
export function label(text: string): Uint8Array<ArrayBuffer> {
  return utf8(`${text}\0`)
}

/** The prefix that each kind of hash, MAC or signature input of this protocol has, and no other. */
type Kind =
  | 'binding'
  | 'android-key'
  | 'client-data'
  | 'challenge'
  | 'epoch'
  | 'seg'
  | 'image'
  | 'resp'
  | 'tag'
  | 'shape'

/** A domain separator of this protocol, in its first version. */
export function labelOf(kind: Kind): Uint8Array<ArrayBuffer> {
  return utf8(`assay/${kind}/1\0`)
}

/** All domain separators of the protocol; an app ships only those that its SDK requests from {@link labelOf}. */
export const labels = /* @__PURE__ */ Object.freeze({
  binding: /* @__PURE__ */ labelOf('binding'),
  androidKey: /* @__PURE__ */ labelOf('android-key'),
  clientData: /* @__PURE__ */ labelOf('client-data'),
  challenge: /* @__PURE__ */ labelOf('challenge'),
  epoch: /* @__PURE__ */ labelOf('epoch'),
  segment: /* @__PURE__ */ labelOf('seg'),
  image: /* @__PURE__ */ labelOf('image'),
  response: /* @__PURE__ */ labelOf('resp'),
  tag: /* @__PURE__ */ labelOf('tag'),
  shape: /* @__PURE__ */ labelOf('shape'),
})
