import { CodecError } from '../codec-error.ts'

/** Arcs beyond this are of no standard and would lose precision as a number. */
const maxArc = 2 ** 49
/** Octets. The longest in use have some twenty. */
const longestOid = 64

/**
 * The dotted form of the content octets of an OBJECT IDENTIFIER.
 *
 * @throws CodecError DER_VALUE for no octets, more than 64 octets, truncated octets, or a padded or absurdly long arc.
 */
export function decodeOid(content: Uint8Array): string {
  if (content.length > longestOid) throw malformed()
  let text = ''
  let arc = 0
  let starts = true
  for (let i = 0; i < content.length; i++) {
    const octet = content[i] as number
    if (starts && octet === 0x80) throw malformed()
    arc = arc * 128 + (octet & 0x7f)
    if (arc > maxArc) throw malformed()
    starts = octet < 0x80
    if (!starts) continue
    text = text === '' ? firstArcs(arc) : `${text}.${arc}`
    arc = 0
  }
  if (!starts || text === '') throw malformed()
  return text
}

// X.690 8.19.4: the first subidentifier holds two arcs, and the first of them is 0, 1 or 2.
function firstArcs(value: number): string {
  const first = value < 80 ? Math.floor(value / 40) : 2
  return `${first}.${value - first * 40}`
}

function malformed(): CodecError {
  return new CodecError('DER_VALUE', 'an OBJECT IDENTIFIER is malformed')
}
