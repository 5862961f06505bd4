/**
 * Does what `encodings.ts` does, with functions that every browser has: a bundler that builds an app for browsers uses
 * this file in its place.
 */

declare const TextEncoder: new () => { encode(text: string): Uint8Array<ArrayBuffer> }
/** To and from base64, with one character for each byte. */
declare const btoa: (characters: string) => string
declare const atob: (text: string) => string

export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text)
}

export function encodeBase64url(bytes: Uint8Array): string {
  // Not in one call: engines bound the number of arguments.
  const characters = bytes.reduce((text, byte) => text + String.fromCharCode(byte), '')
  return btoa(characters).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '')
}

export function decodeBase64url(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    const characters = atob(text.replace(/-/g, '+').replace(/_/g, '/'))
    const decoded = Uint8Array.from(characters, (character) => character.charCodeAt(0))
    // `atob` ignores white space, padding and unused bits; such a text does not round-trip.
    return encodeBase64url(decoded) === text ? decoded : undefined
  } catch {
    return undefined
  }
}
