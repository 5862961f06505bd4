import { isPromiseLike } from './malfunction.ts'

/** Calls a hook of the API or its runtime. Whatever it throws or rejects with goes to `onFault`, and no further. */
export function callHook(hook: () => unknown, onFault: ((fault: unknown) => unknown) | undefined): void {
  attempt(hook, (fault) => {
    // Nobody is left to report it to.
    if (onFault !== undefined)
      attempt(
        () => onFault(fault),
        () => undefined,
      )
  })
}

function attempt(hook: () => unknown, failed: (fault: unknown) => void): void {
  try {
    const outcome = hook()
    if (isPromiseLike(outcome)) outcome.then(undefined, failed)
  } catch (fault) {
    failed(fault)
  }
}
