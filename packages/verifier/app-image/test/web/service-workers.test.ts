import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { AppImageError, readBuild, type ReadBuildOptions } from '../../src/index.ts'
import { temporaryFolder } from '../expect-refusal.ts'

const list = (serviceWorkers: unknown) => JSON.stringify({ build: '1', files: [], serviceWorkers })

const files: Record<string, string> = {
  'index.html': '<!doctype html><script type="module" src="/assets/main.js"></script>',
  'assets/main.js': 'navigator.serviceWorker.register("/sw.js")',
  'sw.js': 'importScripts("/a%20b.js")',
  'a b.js': '1',
  'assay-build.json': list(['sw.js', 'a%20b.js']),
}

async function read(changes: Readonly<Record<string, string>> = {}, options: ReadBuildOptions = {}) {
  const folder = temporaryFolder()
  for (const [name, content] of Object.entries({ ...files, ...changes })) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    writeFileSync(path.join(folder, name), content)
  }
  const { segments, warnings } = await readBuild(folder, { format: 'web', ...options })
  return { names: segments.map(({ name }) => name), warnings }
}

async function refusal(changes: Readonly<Record<string, string>>): Promise<unknown> {
  try {
    return await read(changes)
  } catch (error) {
    if (!(error instanceof AppImageError)) throw error
    return [error.code, error.file]
  }
}

describe('service workers of a web build', () => {
  it.each(['image', 'entry'] as const)(
    'are no segments for the coverage `%s`, and registration says so',
    async (coverage) => {
      expect(await read({}, { coverage })).toEqual({
        names: ['assets/main.js', 'index.html'],
        warnings: ['service_worker_not_measured'],
      })
    },
  )

  it('are measured where no list leaves them out, and in an update over the air', async () => {
    const all = { names: ['a b.js', 'assets/main.js', 'index.html', 'sw.js'], warnings: [] }
    expect(await read({ 'assay-build.json': '{"build":"1","files":[]}' })).toEqual(all)
    expect(await read({}, { isUpdate: true })).toEqual(all)
  })

  const page = (script: string) =>
    `<!doctype html>${script}<script type="module" src="/assets/main.js"></script>`

  it.each<[string, Readonly<Record<string, string>>]>([
    ['at its start', { 'index.html': page('<script src="/sw.js"></script>') }],
    ['as an inline module', { 'index.html': page('<script type="module">import "/sw.js"</script>') }],
    ['by a handler', { 'index.html': page('<p onclick="import(\'/sw.js\')">') }],
    [
      'within a document of its own',
      { 'index.html': page("<iframe srcdoc='<script src=/sw.js></script>'></iframe>") },
    ],
    [
      'beside an import map that nobody can follow',
      {
        'index.html': page('<script type="importmap">{"scopes":{}}</script><script src="/sw.js"></script>'),
      },
    ],
    ['by a module', { 'assets/main.js': 'import "../sw.js"' }],
    [
      'by a module of a module, later',
      { 'assets/main.js': 'import "./b.js"', 'assets/b.js': 'import("/sw.js")' },
    ],
  ])('are refused where a page loads one %s', async (_, changes) => {
    expect(await refusal(changes)).toEqual(['WEB_WORKER_LOADED', 'sw.js'])
  })

  it.each<[string, string]>([
    ['no JSON', '{"build":'],
    ['nothing', ''],
    ['no list', list('sw.js')],
    ['no URL', list([1])],
    ['a URL that is none', list(['%ff'])],
    ['a file that is not there', list(['sw.js', 'gone.js'])],
    ['a page', list(['index.html'])],
    ['10 MB', `{"serviceWorkers":[],"x":"${'x'.repeat(10_000_000)}"}`],
  ])('are refused with a list that holds %s', async (_, text) => {
    expect(await refusal({ 'assay-build.json': text })).toEqual(['WEB_BUILD_FILE', 'assay-build.json'])
  })
})
