import { createContext, createElement, useContext, type ReactElement, type ReactNode } from 'react'
import type { Assay } from '../assay/assay.ts'
import { misuse } from '../errors/error.ts'

const Context = createContext<Assay | undefined>(undefined)

/** The properties of the provider. */
export interface AssayProviderProps {
  readonly assay: Assay
  readonly children?: ReactNode
}

/** Gives the components below it their {@link Assay}. */
export function AssayProvider({ assay, children }: AssayProviderProps): ReactElement {
  return createElement(Context.Provider, { value: assay }, children)
}

/** The client of the {@link AssayProvider} above. @throws TypeError if there is none */
export function useAssay(): Assay {
  const assay = useContext(Context)
  if (assay === undefined) throw misuse('useAssay: there is no AssayProvider above')
  return assay
}
