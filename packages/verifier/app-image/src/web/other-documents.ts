import { AppImageError } from '../errors/app-image-error.ts'
import type { SegmentSource } from '../report/code-image.ts'

/** A file of a build that is no segment, and what is needed to look into it. */
export interface OtherFile extends Pick<SegmentSource, 'name' | 'length' | 'stream'> {
  firstBytes(length: number): Uint8Array
}

/** Bytes. No document of an app is longer, and a longer one is not looked into. */
const longest = 16 << 20
/** Bytes that show whether a file begins as a document does. */
const head = 256

/**
 * SVG, other XML, and pages under names that do not say so run scripts when they are opened, without an import map that
 * could hold what they load. Here they are not followed: one that runs anything is refused. XHTML counts as XML, in which a
 * script can end where HTML has its beginning.
 *
 * @throws AppImageError `WEB_DOCUMENT_CODE`
 */
export async function refuseOtherCode(
  others: readonly OtherFile[],
  xhtml: readonly [name: string, text: Buffer][],
): Promise<void> {
  for (const [name, bytes] of xhtml) if (mayRun(bytes)) throw refused(name)
  for (const file of others) {
    if (/\.svgz$/i.test(file.name)) throw refused(file.name)
    if (!isDocument(file.name, file.firstBytes(head))) continue
    if (file.length > longest) throw refused(file.name)
    const chunks: Buffer[] = []
    await file.stream((chunk) => void chunks.push(Buffer.from(chunk)))
    if (mayRun(Buffer.concat(chunks))) throw refused(file.name)
  }
}

export function isXhtml(name: string): boolean {
  return /\.xhtml$/i.test(name)
}

/** Engines sniff what servers do not name; text in UTF-16 begins with its mark, or has zeros. */
function isDocument(name: string, start: Uint8Array): boolean {
  if (/\.(?:svg|xml|xht|xslt?|rdf|mml|s?html?)$/i.test(name)) return true
  const text = Buffer.from(start).toString('latin1').replaceAll('\0', '')
  return /^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*</.test(text)
}

/** Rather too much than too little: entities and style sheets can write scripts that do not stand in the text. */
function mayRun(bytes: Buffer): boolean {
  // Neither zeros nor a mark of UTF-16 are in a text that can be searched.
  if (bytes.includes(0) || /^(?:\xff\xfe|\xfe\xff)/.test(bytes.toString('latin1', 0, 2))) return true
  const text = bytes.toString('utf8')
  if (/<!ENTITY|<\?xml-stylesheet/i.test(text)) return true
  if (/<(?:[\w.-]+:)?(?:script|iframe|object|embed|handler|listener)\b/i.test(text)) return true
  return /\son[a-z]+\s*=\s*["'&]|\ssrcdoc\s*=/i.test(text) || namesScript(text)
}

/** A URL of a script, with characters that engines pass over or that are written as references. */
function namesScript(text: string): boolean {
  const plain = text
    .replace(/&#(?:x([0-9a-f]{1,6})|([0-9]{1,7}));?/gi, (_, hex?: string, decimal?: string) => {
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
      return code <= 0x10ffff ? String.fromCodePoint(code) : ''
    })
    .replace(/&(?:tab|newline);|[\t\n\r]/gi, '')
    .replace(/&colon;/gi, ':')
  return /javascript:/i.test(plain)
}

function refused(file: string): AppImageError {
  return new AppImageError('WEB_DOCUMENT_CODE', undefined, { file })
}
