import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { appAttestCodes } from '../../packages/verifier/evidence/src/apple-app-attest/codes.ts'

const textOf = (file) =>
  readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8').replaceAll(/\s+/g, ' ')

describe('the guides for operators', () => {
  it('say of App Clips what the page about App Attest says', () => {
    expect(textOf('docs/evidence/apple-app-attest.md')).toContain('An App Clip has that of its full app')
    expect(appAttestCodes.APP_ATTEST_APP_ID.action).toContain('An App Clip has that of its full app')
    expect(textOf('docs/errors.md')).not.toContain('App Clips and Mac apps have their own')
  })

  it('name the option that changes the limits of networks and apps', () => {
    // As `serve` names it.
    expect(textOf('apps/cli/src/commands/serve-options.ts')).toContain('=REQUESTS/SECONDS')
    expect(textOf('docs/sizing.md')).toContain(
      '`assay serve --limit challenges=REQUESTS/SECONDS network=REQUESTS/SECONDS`',
    )
  })

  it('say that a node prints its own address', () => {
    const guide = textOf('docs/guides/more-than-one-machine.md')
    expect(guide).toContain('Each node prints its own address')
    expect(guide).not.toContain('print the public URL')
  })
})
