import { describe, expect, it } from 'vitest'
import { readPageBuild } from '../../src/web/page-build.ts'

const page = (textContent?: string) => ({
  getElementById: (id: string) =>
    id === 'assay-build' && textContent !== undefined ? ({ textContent } as HTMLElement) : null,
})

describe('readPageBuild', () => {
  it('reads what the bundler wrote into the page', () => {
    const written = { build: '1.0', files: ['index.html', 'assets/lazy.js'], root: '/shop/' }
    expect(readPageBuild(page(JSON.stringify(written)))).toEqual(written)
  })

  it('finds nothing in a page that was built without it', () => {
    expect(readPageBuild(page())).toEqual({})
  })

  it('is misuse where the page holds something else under that name', () => {
    expect(() => readPageBuild(page('{"build":'))).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }) as Error,
    )
  })
})
