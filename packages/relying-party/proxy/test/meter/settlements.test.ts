import { expect, test } from 'vitest'
import { createSettlements } from '../../src/meter/settlements.ts'

/** A clock that goes on only when it is told to. */
function manual() {
  const waiting: (() => void)[] = []
  const schedule = (call: () => void) => {
    waiting.push(call)
    return () => void waiting.splice(waiting.indexOf(call), 1)
  }
  const pass = async () => {
    for (const call of waiting.splice(0)) call()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { schedule, pass, waiting }
}

const failing = (times: number) => {
  const state = { sent: 0 }
  const settle = async () => {
    state.sent += 1
    if (state.sent <= times) throw new Error('away')
    return Promise.resolve('settled')
  }
  return { state, settle }
}

test('what is not answered is sent again until it is', async () => {
  const { schedule, pass, waiting } = manual()
  const settlements = createSettlements(schedule)
  const [one, other] = [failing(3), failing(0)]
  settlements.send(one.settle)
  settlements.send(other.settle)
  await pass()
  for (let i = 0; i < 9; i += 1) await pass()
  expect([one.state.sent, other.state.sent, waiting.length]).toEqual([4, 1, 0])
})

test('at the end everything is sent once more, and nobody waits for what fails then', async () => {
  const { schedule, pass, waiting } = manual()
  const settlements = createSettlements(schedule)
  const [late, never] = [failing(1), failing(99)]
  settlements.send(late.settle)
  settlements.send(never.settle)
  await new Promise((resolve) => setImmediate(resolve))
  await settlements.close()
  await pass()
  expect([late.state.sent, never.state.sent, waiting.length]).toEqual([2, 2, 0])
})

test('at most ten thousand are kept, the latest', async () => {
  const { schedule, pass } = manual()
  const settlements = createSettlements(schedule)
  const sent: number[] = []
  let isAway = true
  for (let i = 0; i < 10_050; i += 1)
    settlements.send(async () => {
      if (isAway) throw new Error('away')
      sent.push(i)
      return Promise.resolve()
    })
  await new Promise((resolve) => setImmediate(resolve))
  isAway = false
  await pass()
  expect([sent.length, sent[0]]).toEqual([10_000, 50])
})
