/**
 * The result of `work`, or an error like that of an aborted `fetch`, even before it begins. Work under way in the
 * native part goes on for other callers, but this caller reads no more of it.
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
