/** Kinds of banned keys, by their names in the service. */
const words: ReadonlyMap<string, string> = new Map([
  ['installation-key', 'installation key'],
  ['installation-name', 'name of an installation at one API'],
  ['android-device', 'vouching key of an Android device'],
  ['android-batch', 'vouching key of a batch of Android devices'],
  ['app-attest-key', 'vouching key of App Attest'],
])

/** What is banned, or what vouches, in words; another scheme of evidence has a kind of its own. */
export const keyKindInWords = (kind: string): string => words.get(kind) ?? `vouching key (${kind})`
