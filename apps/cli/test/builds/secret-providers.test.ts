import { checkForm } from '@assay/proxy'
import { expect, test } from 'vitest'
import { secretProviders } from '../../src/builds/secret-providers.ts'
import { matchRules } from '../../src/builds/secret-rules.ts'

/** Parts, so that no scanner takes this file for a leak. */
const keys: Readonly<Record<string, string>> = {
  openrouter: ['sk-or-v1-', '0123456789abcdef'.repeat(4)].join(''),
  groq: ['gsk_', 'aB3d'.repeat(13)].join(''),
  huggingface: ['hf_', 'aBcDe'.repeat(6), 'aBcD'].join(''),
  replicate: ['r8_', 'aB3dE'.repeat(7), 'aB'].join(''),
  stripe: ['sk_live_', 'aB3d'.repeat(6)].join(''),
  mapbox: ['sk.eyJ', 'aB3d'.repeat(10), '.', 'aB3d'.repeat(6)].join(''),
}

test.each(secretProviders.filter(({ shape }) => shape !== undefined).map((each) => [each.rule] as const))(
  'a key of %s is found once, under its own name, and nothing shorter is',
  async (rule) => {
    const key = keys[rule] as string
    const text = `const a = "${key}"\n`
    const found = await matchRules(text)
    expect(found.map((match) => [match.rule, text.slice(match.start, match.end)])).toEqual([[rule, key]])
    const shorter = (await matchRules(`const a = "${key.slice(0, 18)}"\n`)).map((match) => match.rule)
    expect(shorter).not.toContain(rule)
  },
)

test.each(secretProviders)(
  'the route for $name is one that the proxy takes',
  ({ upstream, inject, route, source }) => {
    const [, field, parameter] = /^(?:([^?:\s]+): ?(?:Bearer )?|\?([^=]+)=)$/.exec(inject) ?? []
    const [methods, path] = route.split(' ')
    const name = { [field ?? parameter ?? '']: { file: 'key' } }
    expect(() =>
      checkForm({
        issuer: 'https://attest.example',
        audience: 'https://api.example',
        apps: ['a'],
        tiers: ['affirming'],
        routes: [
          {
            name: 'a',
            methods: [methods],
            path,
            upstream,
            inject: field === undefined ? { query: name } : { fields: name },
          },
        ],
      }),
    ).not.toThrow()
    expect(new URL(source).protocol).toBe('https:')
  },
)
