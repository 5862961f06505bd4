import { expect } from 'vitest'
import { compilePolicy, PolicyError, type PolicyErrorCode } from '../src/index.ts'
import { vocabulary } from './schemes.ts'

export const required = [{ claim: 'evidence.software.measured', one_of: [true] }]

/** A document with the one rule `when`. */
export function documentOf(when: unknown): object {
  return { required, rules: [{ when, tier: 'warning' }] }
}

/** The fault of a document, or undefined where it compiles. Anything but a PolicyError is passed on. */
export function faultOf(document: unknown): PolicyError | undefined {
  try {
    compilePolicy(document, { id: 'test', version: 1, vocabulary })
    return undefined
  } catch (error) {
    if (error instanceof PolicyError) return error
    throw error
  }
}

export function expectFault(document: unknown, code: PolicyErrorCode, pointer: string): void {
  const fault = faultOf(document)
  expect([fault?.code, fault?.pointer]).toEqual([code, pointer])
}
