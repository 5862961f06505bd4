import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { AppImageError } from '../src/index.ts'
import type { AppImageErrorCode } from '../src/index.ts'

/** A file with these bytes, removed after the test. */
export function fileOf(bytes: Uint8Array): string {
  const file = path.join(temporaryFolder(), 'build.zip')
  writeFileSync(file, bytes)
  return file
}

/** An empty folder, removed after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'app-image-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
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
