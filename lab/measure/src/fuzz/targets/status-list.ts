import { readStatusList, StatusListError, statusListSource } from '@assay/evidence/android-key-attestation'
import { refused } from '../target/refusals.ts'
import { accepted, type Target } from '../target/target.ts'

const maxAge = 600

/**
 * The vendor's list of revoked certificates, or an object with a `list` and its `age`, and then what is said about a
 * serial number. That a list cannot be used is a malfunction, and has one error for it.
 */
export const target: Target = {
  async run(input) {
    let value: unknown
    try {
      value = JSON.parse(Buffer.from(input).toString('utf8'))
    } catch {
      return 'not JSON'
    }
    try {
      return await stateIn(value)
    } catch (error) {
      if (error instanceof StatusListError) return refused
      throw error
    }
  },
  seeds: [
    { entries: { c35747a084470c3135aeefe2b8d40cd6: { status: 'REVOKED', reason: 'KEY_COMPROMISE' } } },
    { entries: { '1': { status: 'SUSPENDED' }, '2': { status: 'OTHER' } } },
    { entries: {} },
    { entries: { '01': { status: 'REVOKED' } } },
    { list: { entries: { '1': { status: 'SUSPENDED' } } }, age: 601 },
    { age: 0 },
    { entries: { '1': {} } },
  ].map((list) => Buffer.from(JSON.stringify(list))),
}

async function stateIn(value: unknown): Promise<string> {
  const { list, age } = membersOf(value)
  const stated = age === undefined ? value : list
  const snapshot =
    stated === undefined
      ? undefined
      : { list: readStatusList(stated), readAt: typeof age === 'number' ? -age : 0 }
  const source = statusListSource(() => snapshot, { maxAge, now: () => 0 })
  return `${accepted}: ${await source.stateOf('1')}`
}

function membersOf(value: unknown): { readonly list?: unknown; readonly age?: unknown } {
  return typeof value === 'object' && value !== null ? value : {}
}
