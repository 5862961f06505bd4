import { test } from 'vitest'
import { expectAllFail } from './run-planted.ts'

test('a wrong expectation fails one subject of each kind that reads expectations from a file', () => {
  expectAllFail('expectation', ['guard:node-20', 'guard:workerd', 'guard:hono-4', 'sdk:typescript'])
})
