import { expect, it } from 'vitest'
import { findChromium } from '../src/browsers/chromium.ts'

export const chromium = findChromium()

/** Declares what is not run without Chromium, which is a failure with ASSAY_REQUIRE_ALL=1. */
export function needsChromium(what: string): void {
  if (chromium !== undefined) return
  it('needs Chromium', () => {
    console.log(`not run: ${what}: there is no Chromium`)
    expect(process.env['ASSAY_REQUIRE_ALL']).not.toBe('1')
  })
}
