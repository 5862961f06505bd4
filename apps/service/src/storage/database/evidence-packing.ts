import { createHash } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { RememberedEvidence } from '../../attestation/model/installation.ts'
import type { Database } from './tables.ts'

declare const packed: unique symbol

/** A byte column that holds remembered evidence in a third of the size of its JSON. */
export type PackedEvidence = Buffer & { readonly [packed]: true }

/** Text that remembered evidence has in common: it is deflated as if it followed this. */
export interface PackingWords {
  /** Of each format, what its stored claims have in common. */
  readonly formats: readonly { readonly format: string; readonly claims: string }[]
  /** The one dictionary of the time before stores kept theirs. Never edit it: that would make evidence unreadable. */
  readonly first: string
}

/** Packs evidence, and unpacks what was ever packed. */
export interface EvidencePacking {
  pack(evidence: readonly RememberedEvidence[]): Promise<PackedEvidence>
  /** @throws Error for bytes that no {@link pack} has made */
  unpack(column: Uint8Array): Promise<RememberedEvidence[]>
}

/** How a column is packed: its first byte. */
const [plain, byFirst, byKept] = [0, 1, 2]

/** Bytes after the first that name the dictionary of {@link byKept}: the beginning of its digest. */
const nameLength = 4

/** Room for twice the dictionary: a larger window takes longer to set up than the work itself. */
const window = { windowBits: 12, memLevel: 5 }

/** Bytes: far more than evidence in all formats takes, so that a damaged column does not fill memory. */
const largest = 1 << 20

/**
 * Evidence is packed against the words of today's formats. The store keeps every dictionary that it was packed with, so
 * that a release may change them, and nodes of two releases read what the other writes.
 */
export function createEvidencePacking(db: Database, words: PackingWords): EvidencePacking {
  const first = Buffer.from(words.first)
  const dictionary = dictionaryOf(words)
  const current = nameOf(dictionary)
  const known = new Map([[current, dictionary]])
  let kept: Promise<unknown> | undefined

  /** Before anything is packed with it. A failure is not remembered. */
  const keep = (): Promise<unknown> => {
    kept ??= db
      .insertInto('packing_dictionaries')
      .values({ name: current, words: dictionary.toString() })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
      .catch((error: unknown) => {
        kept = undefined
        throw error
      })
    return kept
  }

  const find = async (name: string): Promise<Buffer> => {
    const row = await db
      .selectFrom('packing_dictionaries')
      .select('words')
      .where('name', '=', name)
      .executeTakeFirst()
    if (row === undefined) throw unknownPacking()
    const found = Buffer.from(row.words)
    known.set(name, found)
    return found
  }

  return {
    async pack(evidence) {
      await keep()
      const deflated = deflateRawSync(JSON.stringify(evidence), { ...window, dictionary })
      return Buffer.concat([Buffer.of(byKept), Buffer.from(current, 'hex'), deflated]) as PackedEvidence
    },
    async unpack(column) {
      switch (column[0]) {
        case plain:
          return inflate(column.subarray(1))
        case byFirst:
          return inflate(column.subarray(1), first)
        case byKept: {
          const name = Buffer.from(column.subarray(1, 1 + nameLength)).toString('hex')
          return inflate(column.subarray(1 + nameLength), known.get(name) ?? (await find(name)))
        }
        default:
          throw unknownPacking()
      }
    },
  }
}

/** Packs what is already JSON with no dictionary: for a step of the schema, which must give the same for ever. */
export function packPlainly(json: string): PackedEvidence {
  return Buffer.concat([Buffer.of(plain), deflateRawSync(json)]) as PackedEvidence
}

function inflate(deflated: Uint8Array, dictionary?: Buffer): RememberedEvidence[] {
  const json = inflateRawSync(deflated, { ...(dictionary && { dictionary }), maxOutputLength: largest })
  return JSON.parse(json.toString('utf8')) as RememberedEvidence[]
}

/** As the JSON of evidence in all formats. */
function dictionaryOf({ formats }: PackingWords): Buffer {
  const items = formats.map(
    ({ format, claims }) => `{"format":"${format}","claims":${claims},"verifiedAt":17}`,
  )
  return Buffer.from(`[${items.join(',')}]`)
}

function nameOf(dictionary: Buffer): string {
  return createHash('sha256').update(dictionary).digest().toString('hex', 0, nameLength)
}

function unknownPacking(): Error {
  return new Error('evidence in the database is packed in a way that this version does not know')
}
