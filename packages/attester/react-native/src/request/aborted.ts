/**
 * What `work` gives, or an error as of `fetch` that was aborted; before it begins, too. What the native part has under way goes on for
 * whoever else waits for it, and this caller reads no more of it.
 */
export function orAborted<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work()
  return new Promise((resolve, reject) => {
    const abort = () => reject(reasonOf(signal))
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort)
    void work()
      .then(resolve, reject)
      .then(() => signal.removeEventListener('abort', abort))
  })
}

/** React Native's signals have no reason. */
function reasonOf(signal: AbortSignal): Error {
  const reason = signal.reason as Error | undefined
  return reason ?? Object.assign(new Error('Aborted'), { name: 'AbortError' })
}
