import type { ReactNode } from 'react'

/** Something that an operator should look at now. */
export interface Matter {
  id: string
  tone: 'bad' | 'warn'
  word: string
  text: ReactNode
}

/** The findings of a check. */
export interface Look {
  of: string
  /** The check was not possible, so the absence of findings means nothing. */
  failed: boolean
  matters: readonly Matter[]
}
