import { BlobError } from '../errors/storage-error.ts'
import type { Database } from '../database/tables.ts'
import type { BlobFault, BlobName, BlobStore } from './blob-store.ts'

/** Segments that are checked each time. */
const atOnce = 256

/** Faulty segments that are remembered: one is enough. */
const mostKept = 16

/**
 * Whether the segments of registered builds exist. Each call checks some of them, from where the last one stopped, and
 * those that were missing: its cost does not grow with the number of builds. Retired builds need none.
 *
 * @returns rejects with a {@link BlobError} as long as one is missing or has the wrong length
 */
export function createBlobCheck(db: Database, blobs: Pick<BlobStore, 'faults'>): () => Promise<void> {
  let after: Place = start
  let kept: BlobName[] = []
  return async () => {
    const next = await segmentsAfter(db, after)
    const last = next.at(-1)
    after = last === undefined || next.length < atOnce ? start : last
    const looked = new Map([...kept, ...next].map(({ sha256, length }) => [sha256, { sha256, length }]))
    const faults = await needed(db, await blobs.faults([...looked.values()]))
    kept = faults.slice(0, mostKept).map(({ blob }) => blob)
    if (faults[0] !== undefined) throw new BlobError(faults[0].code)
  }
}

interface Place {
  app: string
  build: string
  variant: string
  name: string
}

const start: Place = { app: '', build: '', variant: '', name: '' }

const activeSegments = (db: Database) =>
  db
    .selectFrom('build_segments as s')
    .innerJoin('builds as b', (join) => join.onRef('b.app', '=', 's.app').onRef('b.id', '=', 's.build'))
    .where('b.state', '=', 'active')

function segmentsAfter(db: Database, { app, build, variant, name }: Place): Promise<(Place & BlobName)[]> {
  return activeSegments(db)
    .select(['s.app', 's.build', 's.variant', 's.name', 's.sha256', 's.length'])
    .where(({ eb, refTuple, tuple }) =>
      eb(refTuple('s.app', 's.build', 's.variant', 's.name'), '>', tuple(app, build, variant, name)),
    )
    .orderBy('s.app')
    .orderBy('s.build')
    .orderBy('s.variant')
    .orderBy('s.name')
    .limit(atOnce)
    .execute()
}

/** Those that a build still needs: it may have been retired or removed in the meantime, and its segments with it. */
async function needed(db: Database, faults: readonly BlobFault[]): Promise<BlobFault[]> {
  if (faults.length === 0) return []
  const rows = await activeSegments(db)
    .select('s.sha256')
    .distinct()
    .where(
      's.sha256',
      'in',
      faults.map(({ blob }) => blob.sha256),
    )
    .execute()
  const names = new Set(rows.map(({ sha256 }) => sha256))
  return faults.filter(({ blob }) => names.has(blob.sha256))
}
