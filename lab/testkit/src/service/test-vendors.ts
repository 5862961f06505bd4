import { writeFile } from 'node:fs/promises'
import type { AppleCa } from '../apple/apple-ca.ts'
import type { AppleMock } from '../apple/apple-mock.ts'
import type { GoogleCa } from '../google/google-ca.ts'
import type { GoogleMock } from '../google/google-mock.ts'

/** What a service takes in place of Apple and Google, while it listens on this machine only. */
export interface TestVendors {
  /** PEM of roots. */
  apple?: string[]
  google?: string[]
  /** URL of the status list. */
  status_list?: string
  /** Base URL of the Play Integrity API. */
  token_api?: string
  /** URL that exchanges receipts. */
  receipt_api?: string
}

export interface VendorsOfOurOwn {
  readonly apple?: AppleCa
  readonly google?: GoogleCa
  readonly mock?: GoogleMock
  readonly appleMock?: AppleMock
}

export function testVendors({ apple, google, mock, appleMock }: VendorsOfOurOwn): TestVendors {
  return {
    ...(apple === undefined ? {} : { apple: [apple.root] }),
    ...(google === undefined ? {} : { google: [...google.roots] }),
    ...(appleMock === undefined ? {} : { receipt_api: appleMock.dataUrl }),
    ...(mock === undefined ? {} : { status_list: mock.statusListUrl, token_api: mock.playIntegrityUrl }),
  }
}

/** Writes the file for `assay serve --test-vendors FILE`. */
export async function writeTestVendors(file: string, vendors: VendorsOfOurOwn): Promise<void> {
  await writeFile(file, `${JSON.stringify(testVendors(vendors), null, 2)}\n`)
}
