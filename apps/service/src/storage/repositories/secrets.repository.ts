import type { Sealing } from '../database/sealing.ts'
import { StorageError } from '../errors/storage-error.ts'
import type { Database } from '../database/tables.ts'

const checkName = 'sealing-check'
const checkValue = Buffer.from('assay/sealing-check/1\0', 'ascii')

export type SecretRepository = ReturnType<typeof createSecretRepository>

/** Named secrets of the service, sealed at rest. */
export function createSecretRepository({ db, sealing }: { db: Database; sealing: Sealing }) {
  return {
    /**
     * Call it once at startup, before anything else is read or sealed. The first call on a new database leaves a sealed
     * check value; later ones open it, and throw `STORAGE_SEALING_KEY` if the key is another one.
     */
    verifySealingKey: () => verifySealingKey(db, sealing),
    /**
     * The secret with this name. If there is none, `make` provides it; if several processes make it at once, one wins
     * and all get its value, so `make` may be called in vain.
     */
    getOrCreate: (name: string, make: () => Uint8Array) => getOrCreate(db, sealing, name, make),
    /** Replaces the value with this name. */
    put: (name: string, value: Uint8Array) => put(db, sealing, name, value),
    find: async (name: string): Promise<Buffer | undefined> => {
      const sealed = await findSealed(db, name)
      return sealed === undefined ? undefined : sealing.open(secretName(name), sealed)
    },
    /** Whether there is a value with this name; it is not opened. */
    has: async (name: string): Promise<boolean> => (await findSealed(db, name)) !== undefined,
    remove: async (name: string): Promise<void> => {
      await db.deleteFrom('secrets').where('name', '=', name).execute()
    },
  }
}

async function verifySealingKey(db: Database, sealing: Sealing): Promise<void> {
  let check = await findSealed(db, checkName)
  if (check === undefined && (await holdsSealedValues(db))) {
    // Another process that starts for the first time may have written both in the meantime: the check value first.
    check = await findSealed(db, checkName)
    if (check === undefined)
      throw new StorageError(
        'STORAGE_SEALING_KEY',
        'the database holds sealed values, but not the check value',
      )
  }
  const sealed = check ?? (await insertSealed(db, checkName, sealing.seal(secretName(checkName), checkValue)))
  try {
    sealing.open(secretName(checkName), sealed)
  } catch (cause) {
    throw new StorageError('STORAGE_SEALING_KEY', undefined, {
      cause,
    })
  }
}

async function holdsSealedValues(db: Database): Promise<boolean> {
  const secret = await db.selectFrom('secrets').select('name').limit(1).executeTakeFirst()
  const key = await db.selectFrom('signing_keys').select('kid').limit(1).executeTakeFirst()
  return secret !== undefined || key !== undefined
}

async function getOrCreate(
  db: Database,
  sealing: Sealing,
  name: string,
  make: () => Uint8Array,
): Promise<Buffer> {
  const found = await findSealed(db, name)
  const sealed = found ?? (await insertSealed(db, name, sealing.seal(secretName(name), make())))
  return sealing.open(secretName(name), sealed)
}

async function put(db: Database, sealing: Sealing, name: string, value: Uint8Array): Promise<void> {
  const sealed = sealing.seal(secretName(name), value)
  await db
    .insertInto('secrets')
    .values({ name, sealed })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ sealed }))
    .execute()
}

async function findSealed(db: Database, name: string): Promise<Uint8Array | undefined> {
  const row = await db.selectFrom('secrets').select('sealed').where('name', '=', name).executeTakeFirst()
  return row?.sealed
}

/** What is stored under the name afterwards: this value, or that of whoever came first. */
async function insertSealed(db: Database, name: string, sealed: Uint8Array): Promise<Uint8Array> {
  await db
    .insertInto('secrets')
    .values({ name, sealed })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const stored = await findSealed(db, name)
  if (stored === undefined) throw new Error('a secret was removed while it was written')
  return stored
}

export function secretName(name: string): string {
  return `secret:${name}`
}
