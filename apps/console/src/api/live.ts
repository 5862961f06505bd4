import { useSyncExternalStore } from 'react'
import type { OutcomeBatch, RecentOutcome } from '@assay/service'
import { withNewer } from './live-order.ts'

/** Outcomes that the page keeps; older ones are dropped. */
const kept = 100_000

export interface LiveState {
  readonly status: 'connecting' | 'open' | 'waiting' | 'closed'
  /** The newest first. */
  readonly outcomes: readonly RecentOutcome[]
  /** Outcomes that were too many to be shown one by one. */
  readonly leftOut: number
  /** `this`: refusals of other nodes cannot be read. */
  readonly nodes: OutcomeBatch['nodes']
}

const nothing = { outcomes: [], leftOut: 0, nodes: 'all' } as const
let state: LiveState = { status: 'connecting', ...nothing }
let source: EventSource | undefined
let closing: ReturnType<typeof setTimeout> | undefined
const listeners = new Set<() => void>()

function change(part: Partial<LiveState>): void {
  state = { ...state, ...part }
  for (const listener of listeners) listener()
}

/** Both new outcomes and those that a new connection repeats. */
function take({ outcomes, left_out, nodes }: OutcomeBatch): void {
  change({
    outcomes: withNewer(state.outcomes, outcomes).slice(0, kept),
    leftOut: state.leftOut + left_out,
    nodes,
  })
}

function open(): void {
  change({ status: 'connecting' })
  source = new EventSource('/console/v1/outcomes')
  source.addEventListener('open', () => change({ status: 'open' }))
  source.addEventListener('message', ({ data }) => take(JSON.parse(String(data)) as OutcomeBatch))
  source.addEventListener('ended', () => close('closed'))
  source.addEventListener('error', () =>
    change({ status: source?.readyState === EventSource.CLOSED ? 'closed' : 'waiting' }),
  )
}

function close(status: LiveState['status']): void {
  source?.close()
  source = undefined
  change({ status })
}

function subscribe(listener: () => void): () => void {
  clearTimeout(closing)
  listeners.add(listener)
  if (source === undefined) open()
  return () => {
    listeners.delete(listener)
    // Going from page to page keeps the stream.
    if (listeners.size === 0) closing = setTimeout(() => close('connecting'), 2_000)
  }
}

/** Recent outcomes, over one stream for the whole page. */
export const useLive = (): LiveState => useSyncExternalStore(subscribe, () => state)

/** Opens the stream again after it was closed, or ends it. */
export const live = {
  reopen(): void {
    close('connecting')
    open()
  },
  forget(): void {
    close('connecting')
    state = { ...state, ...nothing }
  },
}
