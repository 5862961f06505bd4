import { expect, it } from 'vitest'
import { together } from '../../src/system/together.ts'

it('is done once more for all who want it meanwhile, however many', async () => {
  const ends: ((error?: Error) => void)[] = []
  const want = together(
    () => new Promise((resolve, reject) => ends.push((error) => (error ? reject(error) : resolve()))),
  )
  const end = async (error?: Error) => {
    ends.at(-1)?.(error)
    await new Promise((resolve) => setImmediate(resolve))
  }
  const first = want()
  const others = Array.from({ length: 100 }, () => want())
  expect(ends).toHaveLength(1)
  first.catch(() => undefined)
  await end(new Error('of the first alone'))
  await expect(first).rejects.toThrow('of the first alone')
  expect(ends).toHaveLength(2)
  await end()
  await Promise.all(others)
  expect(ends).toHaveLength(2)
  const last = want()
  expect(ends).toHaveLength(3)
  await end()
  await last
})
