/** Kinds of banned keys that the service itself has, in words. */
const own: ReadonlyMap<string, string> = new Map([
  ['installation-key', 'installation key'],
  ['installation-name', 'name of an installation at one API'],
])

/** What is banned, or what vouches, in words. A scheme of evidence names its kinds of vouching keys itself. */
export const keyKindInWords = (kind: string): string => own.get(kind) ?? `vouching key (${kind})`
