import { useCallback } from 'react'
import { useQuery } from '@tanstack/react-query'
import { useConfined } from './may.ts'
import { keysQuery } from '../api/queries.ts'

/** Names of API keys by their ids, as far as the key of the session may know them; null is somebody at the machine. */
export function useKeyNames(): (id: string | null) => string {
  const isConfined = useConfined() !== undefined
  const keys = useQuery({ ...keysQuery, enabled: !isConfined }).data
  return useCallback(
    (id) => (id === null ? 'the machine' : (keys?.find((one) => one.id === id)?.name ?? id)),
    [keys],
  )
}
