import {
  boolean,
  context,
  element,
  integer,
  nothing,
  octets,
  sequence,
  set,
  type Part,
} from '../../../codec/test/der/encode.ts'

/** A writer of KeyDescription, independent of the reader under test, that can be made to write anything. */

export const challenge = Buffer.from('Yk3nFq0b0m3F0bJ5zJmD0Wn4mE2r3TtYk3nFq0b0m3F')
export const packageName = 'com.example.app'
export const signer = 'ab'.repeat(32)
export const bootKey = Buffer.alloc(32, 0xb0)
export const bootHash = Buffer.alloc(32, 0xb1)

export const enumerated = (value: number): Buffer => integer(value, 0x0a)

/** The field `[tag]` of a list. */
export const field = (tag: number, value: Part): Buffer => context(tag, value)

export const integers = (...values: number[]): Buffer => set(...values.map((value) => integer(value)))

export function rootOfTrust(
  changes: { locked?: Buffer; state?: Part; hash?: Part; key?: Part; more?: Part } = {},
): Buffer {
  return sequence(
    changes.key ?? octets(bootKey),
    changes.locked ?? boolean(),
    changes.state ?? enumerated(0),
    changes.hash ?? octets(bootHash),
    changes.more ?? [],
  )
}

export function packageInfo(name: string, version = 7): Buffer {
  return sequence(octets(Buffer.from(name)), integer(version))
}

export function applicationId(
  packages: readonly Part[] = [packageInfo(packageName)],
  digests: readonly string[] = [signer],
): Buffer {
  return sequence(set(...packages), set(...digests.map((digest) => octets(Buffer.from(digest, 'hex')))))
}

/** Fields of a list by their tags. */
export type List = Readonly<Record<number, Part>>

/** As a genuine phone states them; `undefined` leaves one out. */
export const softwareList: List = { 701: integer(1_790_000_000_000n), 709: octets(applicationId()) }
export const hardwareList: List = {
  1: integers(2),
  2: integer(3),
  3: integer(256),
  5: integers(4),
  10: integer(1),
  503: nothing(),
  702: integer(0),
  704: rootOfTrust(),
  705: integer(160000),
  706: integer(202610),
  718: integer(20261005),
  719: integer(20261001),
}

export interface Statement {
  readonly version?: number
  readonly attestationLevel?: number
  readonly keyMintVersion?: number
  readonly keyMintLevel?: number
  readonly challenge?: Uint8Array
  /** Changes to the lists. */
  readonly software?: Readonly<Record<number, Part | undefined>>
  readonly hardware?: Readonly<Record<number, Part | undefined>>
  /** Written after the last field. */
  readonly more?: Part
}

export function list(fields: Readonly<Record<number, Part | undefined>>): Buffer {
  return sequence(
    ...Object.entries(fields).flatMap(([tag, value]) =>
      value === undefined ? [] : [field(Number(tag), value)],
    ),
  )
}

export function fieldsOf(statement: Statement = {}): Buffer[] {
  return [
    integer(statement.version ?? 400),
    enumerated(statement.attestationLevel ?? 1),
    integer(statement.keyMintVersion ?? 400),
    enumerated(statement.keyMintLevel ?? 1),
    octets(statement.challenge ?? challenge),
    octets(Buffer.alloc(0)),
    list({ ...softwareList, ...statement.software }),
    list({ ...hardwareList, ...statement.hardware }),
  ]
}

export function keyDescription(statement: Statement = {}): Buffer {
  return sequence(...fieldsOf(statement), statement.more ?? [])
}

/** An element of a class that is not context-specific, for lists. */
export const strange = (): Buffer => element(0x60, integer(1))
