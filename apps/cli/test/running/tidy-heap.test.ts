import { describe, expect, it } from 'vitest'
import { createTidying } from '../../src/running/tidy-heap.ts'

const megabyte = 1 << 20

/** A heap on which `kept` bytes stay when garbage is removed. */
function createHeap(kept: number) {
  const heap = { now: kept, load: 0, collections: 0 }
  const tidy = createTidying({
    busy: () => heap.load,
    used: () => heap.now,
    collect() {
      heap.collections += 1
      heap.now = kept
    },
  })
  return Object.assign(heap, { tidy })
}

describe('the heap of a service', () => {
  it('is tidied once there is nothing to do, and not again before it has grown', () => {
    const heap = createHeap(30 * megabyte)
    heap.tidy()
    heap.tidy()
    expect(heap.collections).toBe(1)
    heap.now += 7 * megabyte
    heap.tidy()
    expect(heap.collections).toBe(1)
    heap.now += 2 * megabyte
    heap.tidy()
    expect(heap.collections).toBe(2)
  })

  it('is left alone while there is work', () => {
    const heap = createHeap(30 * megabyte)
    heap.tidy()
    Object.assign(heap, { now: 200 * megabyte, load: 0.5 })
    heap.tidy()
    expect(heap.collections).toBe(1)
    heap.load = 0
    heap.tidy()
    expect(heap.collections).toBe(2)
  })

  it('counts growth from the least that it was, whoever removed the garbage', () => {
    const heap = createHeap(30 * megabyte)
    heap.tidy()
    heap.now = 10 * megabyte
    heap.tidy()
    heap.now = 20 * megabyte
    heap.tidy()
    expect(heap.collections).toBe(2)
  })
})
