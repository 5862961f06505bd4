import { CodecError } from '@assay/codec'
import { isConstructed, isContextTag, tagNumber, type DerReader } from '@assay/codec/der'
import {
  readInteger,
  readOctets,
  readPresence,
  readRootOfTrust,
  readSetOfIntegers,
  readWideInteger,
} from './values.ts'

/** The fields of an AuthorizationList by their tag numbers: what each is called, and of which type it is. */
const fields = {
  1: { name: 'purpose', read: readSetOfIntegers },
  2: { name: 'algorithm', read: readInteger },
  3: { name: 'keySize', read: readInteger },
  4: { name: 'blockMode', read: readSetOfIntegers },
  5: { name: 'digest', read: readSetOfIntegers },
  6: { name: 'padding', read: readSetOfIntegers },
  7: { name: 'callerNonce', read: readPresence },
  8: { name: 'minMacLength', read: readInteger },
  10: { name: 'ecCurve', read: readInteger },
  11: { name: 'mlDsaVariant', read: readInteger },
  200: { name: 'rsaPublicExponent', read: readWideInteger },
  203: { name: 'mgfDigest', read: readSetOfIntegers },
  303: { name: 'rollbackResistance', read: readPresence },
  305: { name: 'earlyBootOnly', read: readPresence },
  400: { name: 'activeDateTime', read: readWideInteger },
  401: { name: 'originationExpireDateTime', read: readWideInteger },
  402: { name: 'usageExpireDateTime', read: readWideInteger },
  405: { name: 'usageCountLimit', read: readInteger },
  502: { name: 'userSecureId', read: readWideInteger },
  503: { name: 'noAuthRequired', read: readPresence },
  504: { name: 'userAuthType', read: readInteger },
  505: { name: 'authTimeout', read: readInteger },
  506: { name: 'allowWhileOnBody', read: readPresence },
  507: { name: 'trustedUserPresenceRequired', read: readPresence },
  508: { name: 'trustedConfirmationRequired', read: readPresence },
  509: { name: 'unlockedDeviceRequired', read: readPresence },
  600: { name: 'allApplications', read: readPresence },
  701: { name: 'creationDateTime', read: readWideInteger },
  702: { name: 'origin', read: readInteger },
  703: { name: 'rollbackResistant', read: readPresence },
  704: { name: 'rootOfTrust', read: readRootOfTrust },
  705: { name: 'osVersion', read: readInteger },
  706: { name: 'osPatchLevel', read: readInteger },
  709: { name: 'attestationApplicationId', read: readOctets },
  710: { name: 'attestationIdBrand', read: readOctets },
  711: { name: 'attestationIdDevice', read: readOctets },
  712: { name: 'attestationIdProduct', read: readOctets },
  713: { name: 'attestationIdSerial', read: readOctets },
  714: { name: 'attestationIdImei', read: readOctets },
  715: { name: 'attestationIdMeid', read: readOctets },
  716: { name: 'attestationIdManufacturer', read: readOctets },
  717: { name: 'attestationIdModel', read: readOctets },
  718: { name: 'vendorPatchLevel', read: readInteger },
  719: { name: 'bootPatchLevel', read: readInteger },
  720: { name: 'deviceUniqueAttestation', read: readPresence },
  723: { name: 'attestationIdSecondImei', read: readOctets },
  724: { name: 'moduleHash', read: readOctets },
} as const satisfies Record<number, Field>

interface Field {
  readonly name: string
  readonly read: (reader: DerReader) => unknown
}

type Fields = typeof fields

/** What one party (the hardware, or the system above it) states about a key. A missing field is undefined. */
export type AuthorizationList = {
  readonly [Tag in keyof Fields as Fields[Tag]['name']]?: ReturnType<Fields[Tag]['read']>
} & {
  /** Numbers of tags that no known version defines. They mean nothing here. */
  readonly unknownTags: readonly number[]
}

const fieldByTag: ReadonlyMap<number, Field> = new Map(
  Object.entries(fields).map(([tag, field]) => [Number(tag), field]),
)

/**
 * Reads an AuthorizationList. Real devices write the tags in any order; each may stand there once.
 *
 * @throws CodecError DER_TAG for a tag that occurs twice or that no list has, DER_* for fields of another type
 */
export function readAuthorizationList(reader: DerReader): AuthorizationList {
  const list = reader.enter()
  const found: Record<string, unknown> = {}
  const seen = new Set<number>()
  const unknownTags: number[] = []
  while (!list.atEnd) {
    const tag = nextTag(list)
    const number = tagNumber(tag)
    if (seen.has(number)) throw new CodecError('DER_TAG', 'a tag occurs twice in one list')
    seen.add(number)
    const value = list.enter(tag)
    const field = fieldByTag.get(number)
    if (field === undefined) {
      value.skip()
      unknownTags.push(number)
    } else {
      found[field.name] = field.read(value)
    }
    value.end()
  }
  return { unknownTags, ...found }
}

// Every field has an explicit tag: context-specific and constructed.
function nextTag(list: DerReader): number {
  const tag = list.peekTag() as number
  if (isContextTag(tag) && isConstructed(tag)) return tag
  throw new CodecError('DER_TAG', 'a list has an element that is not one of its fields')
}
