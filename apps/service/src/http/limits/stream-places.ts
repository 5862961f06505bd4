/** Streams per caller, and in total. */
export const streamLimits = { perCaller: 4, all: 200 }

export interface StreamPlaces {
  /** Takes a place, which the returned function releases; undefined: there is none. */
  take(caller: string): (() => void) | undefined
}

/** Counts open streams over all listeners. */
export function createStreamPlaces({ perCaller, all } = streamLimits): StreamPlaces {
  const open = new Map<string, number>()
  let total = 0
  return {
    take(caller) {
      const own = open.get(caller) ?? 0
      if (own >= perCaller || total >= all) return undefined
      open.set(caller, own + 1)
      total += 1
      return () => {
        total -= 1
        const left = (open.get(caller) ?? 1) - 1
        if (left === 0) open.delete(caller)
        else open.set(caller, left)
      }
    },
  }
}
