import { useSyncExternalStore } from 'react'

/** As in the style sheet. */
const narrow = window.matchMedia('(max-width: 820px)')

function subscribe(listener: () => void): () => void {
  narrow.addEventListener('change', listener)
  return () => narrow.removeEventListener('change', listener)
}

/** Whether the screen is a narrow one, on which a page shows first what most people come for. */
export const useNarrow = (): boolean => useSyncExternalStore(subscribe, () => narrow.matches)
