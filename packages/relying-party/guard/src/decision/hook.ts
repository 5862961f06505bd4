import { isPromiseLike } from './malfunction.ts'

/** Calls what belongs to the API or its runtime. Whatever it throws or rejects with goes to `onFault`, and no further. */
export function callHook(hook: () => unknown, onFault: ((fault: unknown) => unknown) | undefined): void {
  attempt(hook, (fault) => {
    // There is nobody left to tell.
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
