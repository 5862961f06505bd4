/**
 * Prints whether promises have ids, as JSON: before anybody acts, while somebody does, and afterwards. In a process of its own,
 * since whatever else tracks promises gives them ids too.
 */
import { executionAsyncId } from 'node:async_hooks'
import { setImmediate as tick } from 'node:timers/promises'
import { createActors } from '../../../src/system/actor.ts'

/** Promises have ids while somebody wants to know in which context they run. */
const haveIds = async () => {
  await tick()
  await Promise.resolve()
  return executionAsyncId() !== 0
}

const actors = createActors()
const seen = [await haveIds(), await actors.as({ key: 'k1', name: 'one' }, haveIds), await haveIds()]
process.stdout.write(`${JSON.stringify(seen)}\n`)
