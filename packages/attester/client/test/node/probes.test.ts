import inspector from 'node:inspector'
import { expect, it } from 'vitest'
import { nodeProbes } from '../../src/node/probes.ts'

it('js.debugger sees whether the inspector listens', () => {
  const ask = () =>
    nodeProbes()
      .find(({ name }) => name === 'js.debugger')
      ?.ask()
  expect(ask()).toBe('')
  inspector.open(0, '127.0.0.1')
  try {
    expect(ask()).toBe('inspect')
  } finally {
    inspector.close()
  }
  expect(ask()).toBe('')
})
