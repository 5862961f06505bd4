import type { Transaction } from 'kysely'
import { describe, expect, it } from 'vitest'
import { createJournal } from '../../../src/storage/audit/journal.ts'
import type { Database, Tables } from '../../../src/storage/database/tables.ts'

type Work = (trx: Transaction<Tables>) => Promise<unknown>

const trx = {} as Transaction<Tables>
const fault = new Error('Connection terminated unexpectedly')

/** A journal over a database that carries out transactions in turn as told. */
function journalOver(...transactions: readonly ((work: Work) => Promise<unknown>)[]) {
  const left = [...transactions]
  const db = { transaction: () => ({ execute: (work: Work) => left.shift()?.(work) }) }
  return createJournal({
    db: db as unknown as Database,
    auditKey: Buffer.alloc(32),
    actor: () => ({ key: null, name: 'local' }),
    clock: () => 0,
  })
}

const commits = (work: Work) => work(trx)
const losesCommit = async (work: Work) => {
  await work(trx)
  throw fault
}
const withoutEffect = async () => ['done', undefined] as const

describe('an act', () => {
  it('is in no doubt once its commit is answered, which is waited for', async () => {
    let answer = () => {}
    const answered = new Promise<void>((resolve) => (answer = resolve))
    const journal = journalOver(async (work) => {
      const result = await work(trx)
      await answered
      return result
    })
    const act = journal.act('app.add', 'a', withoutEffect)
    const doubt = journal.isInDoubt()
    answer()
    expect(await doubt).toBe(false)
    expect(await act).toBe('done')
    expect(await journal.isInDoubt()).toBe(false)
  })

  it('whose commit fails stays in doubt, whatever comes after it', async () => {
    const journal = journalOver(losesCommit, commits)
    const act = journal.act('app.add', 'a', withoutEffect)
    const doubt = journal.isInDoubt()
    await expect(act).rejects.toBe(fault)
    expect(await doubt).toBe(true)
    await journal.act('app.add', 'b', withoutEffect)
    expect(await journal.isInDoubt()).toBe(true)
  })

  it('that fails before its commit was never written', async () => {
    const journal = journalOver(commits)
    await expect(journal.act('app.add', 'a', () => Promise.reject(fault))).rejects.toBe(fault)
    expect(await journal.isInDoubt()).toBe(false)
  })
})
