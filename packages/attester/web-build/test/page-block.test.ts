import { describe, expect, it } from 'vitest'
import { withBlock, withoutBlock } from '../src/page-block.ts'

const build = { build: '1', files: ['index.html'] }
const block =
  '<script type="application/json" id="assay-build">{"build":"1","files":["index.html"]}</script>\n'

describe('withBlock', () => {
  it.each([
    [
      'before the first script',
      '<html><head><meta charset="utf-8">',
      '<script src="a.js"></script></head></html>',
    ],
    ['and not in a comment', '<!-- <script src="b.js"></script> -->', '<SCRIPT src="a.js"></SCRIPT>'],
    ['and not in one that ends at once', '<!--><p>', '<script src="a.js"></script>'],
    ['at the end of a head without scripts', '<head><title>t</title>', '</head><body></body>'],
    [
      'before what loads a module',
      '<head>',
      '<link rel="modulepreload" href="a.js"></head><script src="a.js"></script>',
    ],
    [
      'and not in a template',
      '<template><script src="b.js"></script></template>',
      '<script src="a.js"></script>',
    ],
    ['and not in noscript', '<body><noscript><script></script></noscript>', '<script src="a.js"></script>'],
    ['and not in a comment without scripts', '<!-- no </head> or <body> --><title>t</title>', '<body>'],
    ['and not in a text without scripts', '<title>a <body> here</title>', '</html>'],
    ['before a body without head', '<!doctype html><title>t</title>', '<body>'],
  ])('writes %s', (_where, before, after) => {
    expect(withBlock('a.html', before + after, build)).toBe(before + block + after)
  })

  it('leaves a fragment as it is', () => {
    expect(withBlock('a.html', '<p>{{name}}</p>', build)).toBe('<p>{{name}}</p>')
  })

  it('writes no character that ends it or that XHTML would take for another', () => {
    const written = withBlock('a.html', '<script>', { build: '1', files: ['</script>&amp;'] })
    const json = />([^<]*)<\/script>/.exec(written)?.[1] ?? ''
    expect(json).not.toMatch(/[<&]/)
    expect(JSON.parse(json)).toEqual({ build: '1', files: ['</script>&amp;'] })
  })

  it('is undone by withoutBlock, so that another run writes it anew', () => {
    const page = '<head></head><script src="a.js"></script>'
    expect(withoutBlock('a.html', withBlock('a.html', page, build))).toBe(page)
  })
})
