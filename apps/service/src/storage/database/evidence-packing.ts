import { createHash } from 'node:crypto'
import type { RememberedEvidence } from '../../attestation/model/installation.ts'
import { byKept, inflate, packBy, type PackedEvidence } from './packed-evidence.ts'
import type { Database } from './tables.ts'

/**
 * Of each format, what its stored claims have in common: remembered evidence is deflated as if it followed this text.
 */
export type PackingWords = readonly { readonly format: string; readonly claims: string }[]

/** Packs evidence, and unpacks what was ever packed. */
export interface EvidencePacking {
  pack(evidence: readonly RememberedEvidence[]): Promise<PackedEvidence>
  /** @throws Error for bytes that no {@link pack} has made */
  unpack(column: Uint8Array): Promise<RememberedEvidence[]>
}

/** Bytes that name a kept dictionary: the beginning of its digest. */
const nameLength = 4

/**
 * Evidence is packed against the words of today's formats. The store keeps every dictionary that it was packed with, so
 * that a release may change them, and nodes of two releases read what the other writes.
 */
export function createEvidencePacking(db: Database, words: PackingWords): EvidencePacking {
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
      return packBy(dictionary, Buffer.from(current, 'hex'), evidence)
    },
    async unpack(column) {
      if (column[0] !== byKept) throw unknownPacking()
      const name = Buffer.from(column.subarray(1, 1 + nameLength)).toString('hex')
      return inflate(column.subarray(1 + nameLength), known.get(name) ?? (await find(name)))
    },
  }
}

/** As the JSON of evidence in all formats. */
function dictionaryOf(words: PackingWords): Buffer {
  const items = words.map(({ format, claims }) => `{"format":"${format}","claims":${claims},"verifiedAt":17}`)
  return Buffer.from(`[${items.join(',')}]`)
}

function nameOf(dictionary: Buffer): string {
  return createHash('sha256').update(dictionary).digest().toString('hex', 0, nameLength)
}

function unknownPacking(): Error {
  return new Error('evidence in the database is packed in a way that this version does not know')
}
