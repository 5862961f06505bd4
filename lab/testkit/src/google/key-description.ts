import {
  boolean,
  context,
  encode,
  enumerated,
  integer,
  nothing,
  octets,
  sequence,
  set,
  type Der,
} from '../x509/der.ts'

/** Keymaster 2.0 to 4.1, KeyMint 1 to 5. */
export type AttestationVersion = 1 | 2 | 3 | 4 | 100 | 200 | 300 | 400 | 500

export const attestationVersions: readonly AttestationVersion[] = [1, 2, 3, 4, 100, 200, 300, 400, 500]

/** What the interface of the hardware is called in each of them. */
const interfaceVersions: Readonly<Record<AttestationVersion, number>> = {
  1: 2,
  2: 3,
  3: 4,
  4: 41,
  100: 100,
  200: 200,
  300: 300,
  400: 400,
  500: 500,
}

export const securityLevels = ['Software', 'TrustedEnvironment', 'StrongBox'] as const
export type SecurityLevel = (typeof securityLevels)[number]

const bootStates = ['Verified', 'SelfSigned', 'Unverified', 'Failed'] as const

/** What boot loader and system say of themselves. */
export interface DeviceState {
  readonly verifiedBootState: (typeof bootStates)[number]
  readonly deviceLocked: boolean
  /** 32 bytes; zeros where nobody verified. */
  readonly verifiedBootKey: Uint8Array
  readonly verifiedBootHash: Uint8Array
  /** MMmmss. */
  readonly osVersion: number
  /** YYYYMM. */
  readonly osPatchLevel: number
  /** YYYYMMDD. */
  readonly vendorPatchLevel: number
  readonly bootPatchLevel: number
}

/** The app that has the key, as the system names it. */
export interface AndroidApp {
  readonly package: string
  readonly versionCode: number
  /** SHA-256 of the signing certificates, lower-case hex. */
  readonly signers: readonly string[]
}

/** Everything that a genuine phone states about a key. */
export interface KeyStatement {
  readonly version: AttestationVersion
  /** Where the attestation was made, and where the key is kept. */
  readonly attestationSecurityLevel: SecurityLevel
  readonly keyMintSecurityLevel: SecurityLevel
  readonly challenge: Uint8Array
  /** More than one if packages share a user id. */
  readonly apps: readonly AndroidApp[]
  readonly device: DeviceState
  /** Unix seconds. */
  readonly createdAt: number
}

/** One field of an authorization list. */
export type Field = readonly [tag: number, value: Der]

/** The eight members of a KeyDescription. */
export interface KeyDescriptionParts {
  readonly version: number
  readonly attestationSecurityLevel: number
  readonly keyMintVersion: number
  readonly keyMintSecurityLevel: number
  readonly challenge: Uint8Array
  readonly software: readonly Field[]
  readonly hardware: readonly Field[]
}

/** Tags of the fields that faults change. */
export const tags = {
  purpose: 1,
  allApplications: 600,
  origin: 702,
  rootOfTrust: 704,
  osPatchLevel: 706,
  applicationId: 709,
} as const

export function keyDescriptionParts(statement: KeyStatement): KeyDescriptionParts {
  const { version, challenge } = statement
  return {
    version,
    attestationSecurityLevel: securityLevels.indexOf(statement.attestationSecurityLevel),
    keyMintVersion: interfaceVersions[version],
    keyMintSecurityLevel: securityLevels.indexOf(statement.keyMintSecurityLevel),
    challenge,
    software: softwareFields(statement),
    hardware: hardwareFields(statement),
  }
}

export function keyDescription(parts: KeyDescriptionParts): Buffer {
  return encode(
    sequence(
      integer(parts.version),
      enumerated(parts.attestationSecurityLevel),
      integer(parts.keyMintVersion),
      enumerated(parts.keyMintSecurityLevel),
      octets(parts.challenge),
      octets(Buffer.alloc(0)),
      list(parts.software),
      list(parts.hardware),
    ),
  )
}

function list(fields: readonly Field[]): Der {
  return sequence(...fields.map(([tag, value]) => context(tag, value)))
}

export const integers = (...values: readonly number[]): Der => set(...values.map((value) => integer(value)))

/** What the system says. It knows apps since version 2, and digests its modules since 400. */
function softwareFields({ version, apps, createdAt }: KeyStatement): Field[] {
  return [
    [701, integer(createdAt * 1000)],
    ...(version >= 2 ? [[tags.applicationId, octets(applicationId(apps))] as const] : []),
    ...(version >= 400 ? [[724, octets(Buffer.alloc(32, 0x0d))] as const] : []),
  ]
}

/** What the hardware says about a key on P-256 that signs with SHA-256 and that it made itself. */
function hardwareFields({ version, device }: KeyStatement): Field[] {
  const { osVersion, osPatchLevel, vendorPatchLevel, bootPatchLevel } = device
  return [
    [tags.purpose, integers(2)],
    [2, integer(3)],
    [3, integer(256)],
    [5, integers(4)],
    [10, integer(1)],
    [503, nothing()],
    [tags.origin, integer(0)],
    ...(version < 3 ? [[703, nothing()] as const] : []),
    [tags.rootOfTrust, rootOfTrust(version, device)],
    [705, integer(osVersion)],
    [tags.osPatchLevel, integer(osPatchLevel)],
    ...(version < 3
      ? []
      : ([
          [718, integer(vendorPatchLevel)],
          [719, integer(bootPatchLevel)],
        ] as const)),
  ]
}

export function rootOfTrust(version: AttestationVersion, device: DeviceState): Der {
  return sequence(
    octets(device.verifiedBootKey),
    boolean(device.deviceLocked),
    enumerated(bootStates.indexOf(device.verifiedBootState)),
    ...(version < 3 ? [] : [octets(device.verifiedBootHash)]),
  )
}

/** An AttestationApplicationId, which is in DER in an OCTET STRING. */
export function applicationId(apps: readonly AndroidApp[]): Buffer {
  const signers = [...new Set(apps.flatMap((app) => app.signers))]
  return encode(
    sequence(
      set(...apps.map((app) => sequence(octets(Buffer.from(app.package)), integer(app.versionCode)))),
      set(...signers.map((digest) => octets(Buffer.from(digest, 'hex')))),
    ),
  )
}
