/** A number or a date: recognised and skipped, because nothing here needs their values. */
export const unread = Symbol('unread')

/** A property list, as far as identity needs it. */
export type PlistValue = string | boolean | typeof unread | Buffer | PlistValue[] | PlistDict
export type PlistDict = ReadonlyMap<string, PlistValue>

export function isDict(value: PlistValue | undefined): value is PlistDict {
  return value instanceof Map
}

/** Dictionaries and arrays within each other; those of Xcode are some five deep. */
export const deepestNesting = 32

/** A property list that no reader should have to interpret, or about which two readers could disagree. */
export class PlistError extends Error {
  override readonly name = 'PlistError'
}

/** @throws PlistError if the dictionary has the key: some readers take the first of two values, others the last. */
export function addToDict(dict: Map<string, PlistValue>, key: string, value: PlistValue): void {
  if (dict.has(key)) throw new PlistError('a dictionary has a key twice')
  dict.set(key, value)
}
