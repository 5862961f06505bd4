/**
 * Work that is wanted often at once, and done once for all who want it: whoever wants it while it is under way gets the next
 * one, together with everybody else who does. So nobody waits for more than two.
 */
export function together(work: () => Promise<void>): () => Promise<void> {
  let underWay: Promise<void> | undefined
  let next: Promise<void> | undefined
  const begin = (): Promise<void> => {
    const begun = work().finally(() => {
      if (underWay === begun) underWay = undefined
    })
    return (underWay = begun)
  }
  return () => {
    if (underWay === undefined) return begin()
    next ??= underWay
      .catch(() => undefined)
      .then(() => {
        next = undefined
        return begin()
      })
    return next
  }
}
