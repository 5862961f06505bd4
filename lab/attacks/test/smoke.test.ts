import { expect, test } from 'vitest'
import { runAt } from '../src/attack/attack.ts'
import { catalogue } from '../src/catalogue.ts'
import { testEach } from './each-attack.ts'
import { smoke } from './smoke.ts'

const attacks = catalogue.filter(({ id }) => smoke.includes(id))

test('the smoke has twenty attacks, at both levels of Assay, that every machine can carry out', () => {
  expect(attacks).toHaveLength(20)
  expect(new Set(smoke).size).toBe(20)
  for (const attack of attacks) {
    expect(runAt(attack, 'assay-software'), attack.id).toBeDefined()
    expect(runAt(attack, 'assay-hardware'), attack.id).toBeDefined()
    expect(attack.needs ?? [], attack.id).toEqual([])
  }
})

await testEach(attacks, ['assay-software', 'assay-hardware'])
