import { expect } from 'vitest'
import { AppImageError } from '../../../src/errors/app-image-error.ts'
import type { AppImageErrorCode } from '../../../src/errors/app-image-error.ts'
import { verifyJarSignature } from '../../../src/apk/jar-signature/index.ts'
import type { JarSignature } from '../../../src/apk/jar-signature/index.ts'
import { entriesOf, signJar } from './sign-jar.ts'
import type { JarTemplate } from './sign-jar.ts'

export interface Levels {
  readonly minSdk?: number
  readonly maxSdk?: number
}

/** The verdict on files; API level 24 and later unless said otherwise. */
export function verdictOn(files: ReadonlyMap<string, Buffer>, levels: Levels = {}): JarSignature | undefined {
  return verifyJarSignature({ entries: entriesOf(files), minSdk: 24, maxSdk: 0x7fff_ffff, ...levels })
}

/** Signs by the template and gives the verdict. */
export function verdictOf(template: JarTemplate, levels?: Levels): JarSignature | undefined {
  return verdictOn(signJar(template), levels)
}

/** The code of the refusal, or undefined if there is none. Anything but an AppImageError is passed on. */
export function refusalOf(judge: () => unknown): AppImageErrorCode | undefined {
  try {
    judge()
    return undefined
  } catch (error) {
    if (error instanceof AppImageError) return error.code
    throw error
  }
}

export function expectRefusal(code: AppImageErrorCode, template: JarTemplate, levels?: Levels): void {
  expect(refusalOf(() => verdictOf(template, levels))).toBe(code)
}
