import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect } from 'vitest'
import { AppImageError } from '../src/index.ts'
import type { AppImageErrorCode } from '../src/index.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'app-image-'))
let files = 0
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A file with these bytes, removed after the tests. */
export function fileOf(bytes: Uint8Array): string {
  const file = path.join(folder, `${files++}.zip`)
  writeFileSync(file, bytes)
  return file
}

/** An empty folder, removed after the tests. */
export function temporaryFolder(): string {
  return mkdtempSync(path.join(folder, 'folder-'))
}

/** The code with which reading refuses, or undefined if it does not. Anything but an AppImageError is passed on. */
export async function codeOf(read: () => unknown): Promise<AppImageErrorCode | undefined> {
  try {
    await read()
    return undefined
  } catch (error) {
    if (error instanceof AppImageError) return error.code
    throw error
  }
}

/** Asserts that reading refuses, and with this code. */
export async function expectRefusal(code: AppImageErrorCode, read: () => unknown): Promise<void> {
  expect(await codeOf(read)).toBe(code)
}
