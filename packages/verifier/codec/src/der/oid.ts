import { CodecError } from '../errors/codec-error.ts'

/** Below it a number holds an arc and seven more bits exactly. */
const exactBelow = 2 ** 46
/** Octets. The longest in use have some twenty. */
const longestOid = 64

/**
 * The dotted form of the content octets of an OBJECT IDENTIFIER.
 *
 * @throws CodecError DER_VALUE for no octets, more than 64 octets, truncated octets, or a padded arc.
 */
export function decodeOid(content: Uint8Array): string {
  if (content.length > longestOid) throw malformed()
  let text = ''
  let arc: number | bigint = 0
  let starts = true
  for (let i = 0; i < content.length; i++) {
    const octet = content[i] as number
    if (starts && octet === 0x80) throw malformed()
    arc = appended(arc, octet & 0x7f)
    starts = octet < 0x80
    if (!starts) continue
    text = text === '' ? firstArcs(arc) : `${text}.${arc}`
    arc = 0
  }
  if (!starts || text === '') throw malformed()
  return text
}

// An arc made of a UUID (X.667: `2.25.…`) has 128 bits.
function appended(arc: number | bigint, bits: number): number | bigint {
  return typeof arc === 'number' && arc < exactBelow ? arc * 128 + bits : BigInt(arc) * 128n + BigInt(bits)
}

// X.690 8.19.4: the first subidentifier holds two arcs, and the first of them is 0, 1 or 2.
function firstArcs(value: number | bigint): string {
  if (typeof value === 'bigint') return `2.${value - 80n}`
  const first = value < 80 ? Math.floor(value / 40) : 2
  return `${first}.${value - first * 40}`
}

function malformed(): CodecError {
  return new CodecError('DER_VALUE', 'an OBJECT IDENTIFIER is malformed')
}
