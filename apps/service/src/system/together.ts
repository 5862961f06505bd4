/**
 * Work that many callers request at once, and that is done once for all of them: a call that comes while it is under
 * way shares the next run with all others that do. So nobody waits for more than two runs.
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
