import { expect, it } from 'vitest'
import { unsupportedNode } from '../../src/running/node-support.ts'

it.each(['20.19.0', '20.20.2', '18.20.8'])('says that Node %s gets no security fixes', (version) => {
  expect(unsupportedNode(version)).toBe(
    `Node ${version} has had no security fixes since 30 April 2026. Run the service on Node 24.`,
  )
})

it.each(['22.23.3', '24.21.0', '26.10.0'])('says nothing of Node %s', (version) => {
  expect(unsupportedNode(version)).toBeUndefined()
})
