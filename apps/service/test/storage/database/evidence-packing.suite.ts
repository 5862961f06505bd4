import { createHash } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { packingWords } from '../../../src/composition/packing-words.ts'
import { createEvidencePacking } from '../../../src/storage/database/evidence-packing.ts'
import { evidenceToPack } from '../support/evidence-to-pack.ts'
import type { StorageWorld } from '../support/storage-world.ts'

const digest = (text: string) => createHash('sha256').update(text).digest('hex')
const [{ evidence: phone }] = evidenceToPack as [(typeof evidenceToPack)[0]]
const otherWords = [{ format: 'other', claims: '{"platform":"android"}' }]

export function evidencePackingSuite(world: StorageWorld): void {
  const open = async (words = packingWords) => {
    const { db } = await world.open()
    return { db, packing: createEvidencePacking(db, words) }
  }

  describe('evidence in the database', () => {
    it.each([
      ['none', []],
      ['of a phone', phone],
      ['of a format without words', [{ format: 'other', claims: 'ä', verifiedAt: 1 }]],
      [
        'larger than the window',
        [{ format: 'other', claims: Array.from({ length: 999 }, (_, i) => digest(`${i}`)), verifiedAt: 1 }],
      ],
    ])('is the same when it is read: %s', async (_, evidence) => {
      const { packing } = await open()
      expect(await packing.unpack(await packing.pack(evidence))).toEqual(evidence)
    })

    it.each(evidenceToPack)(
      'of a $device takes half of its JSON, and no more than it did',
      async ({ evidence, most }) => {
        const { packing } = await open()
        const { length } = await packing.pack(evidence)
        expect(length * 2).toBeLessThan(JSON.stringify(evidence).length)
        expect(length).toBeLessThanOrEqual(most)
      },
    )

    it('is readable by a node with other words', async () => {
      const { packing } = await open()
      const other = createEvidencePacking((await world.openSecond()).db, otherWords)
      const [ours, theirs] = [await packing.pack(phone), await other.pack(phone)]
      expect(ours.equals(theirs)).toBe(false)
      expect(await other.unpack(ours)).toEqual(phone)
      expect(await packing.unpack(theirs)).toEqual(phone)
    })

    it('keeps each dictionary once, and only if something is packed with it', async () => {
      const { db, packing } = await open()
      const count = async () => (await db.selectFrom('packing_dictionaries').selectAll().execute()).length
      expect(await count()).toBe(0)
      await Promise.all([
        packing.pack([]),
        packing.pack(phone),
        createEvidencePacking(db, packingWords).pack([]),
      ])
      expect(await count()).toBe(1)
    })

    it('is not packed while the dictionary cannot be kept', async () => {
      const { db, packing } = await open()
      await db.schema.alterTable('packing_dictionaries').renameTo('gone').execute()
      await expect(packing.pack(phone)).rejects.toThrow('packing_dictionaries')
      await db.schema.alterTable('gone').renameTo('packing_dictionaries').execute()
      expect(await packing.unpack(await packing.pack(phone))).toEqual(phone)
    })

    it('is a malfunction if it is damaged, of a later version, far too large, or its dictionary is gone', async () => {
      const { db, packing } = await open(otherWords)
      await expect(packing.unpack(Buffer.of(2, 0))).rejects.toThrow('does not know')
      await expect(packing.unpack(Buffer.alloc(0))).rejects.toThrow('does not know')
      const packed = await packing.pack(phone)
      await expect(packing.unpack(packed.subarray(0, 9))).rejects.toThrow()
      const bomb = Buffer.concat([packed.subarray(0, 5), deflateRawSync(Buffer.alloc(1 << 21))])
      await expect(packing.unpack(bomb)).rejects.toThrow()
      await db.deleteFrom('packing_dictionaries').execute()
      await expect(createEvidencePacking(db, packingWords).unpack(packed)).rejects.toThrow('does not know')
    })
  })
}
