import { createHash } from 'node:crypto'
import { writeZip } from '@assay/testkit'
import type { Attack } from '../attack/attack.ts'
import type { Outcome } from '../world/outcome.ts'
import { noRegistration, onlyAssay, refusedWith } from '../attack/expected.ts'
import type { World } from '../world/world.ts'

const chunk = 'export const checkout = (order) => order'
const page = (importMap: object) =>
  `<!doctype html><script type="importmap">${JSON.stringify(importMap)}</script><script type="module" src="/main.js"></script>`
const pinned = page({
  integrity: { '/lazy.js': `sha384-${createHash('sha384').update(chunk).digest('base64')}` },
})

const genuine = { 'index.html': pinned, 'main.js': 'import("./lazy.js")', 'lazy.js': chunk }

/** Builds of the coverage `entry`, whose pages pin what they load later. */
export const webBuilds: readonly Attack[] = [
  entryBuild({
    id: 'lazy-chunk-swapped',
    withoutSdk: ['at-the-service'],
    title: 'A chunk that pages load later is swapped before the build is registered',
    method: 'other bytes under the name that the import map pins; twin: the pinned bytes',
    code: 'WEB_PIN_WRONG',
    changed: { 'lazy.js': `${chunk};steal()` },
  }),
  entryBuild({
    id: 'import-map-without-integrity',
    withoutSdk: ['at-the-service'],
    title: 'A chunk that pages load later is not measured, and nothing pins it',
    method: 'the import map has no `integrity`; twin: it has',
    code: 'WEB_NOT_PINNED',
    changed: { 'index.html': page({ imports: {} }) },
  }),
]

interface EntryBuild extends Pick<Attack, 'id' | 'withoutSdk' | 'title' | 'method'> {
  code: string
  changed: Readonly<Record<string, string>>
}

function entryBuild({ code, changed, ...about }: EntryBuild): Attack {
  return {
    ...about,
    oat: 'OAT-020',
    expected: onlyAssay(noRegistration, refusedWith(code)),
    run: {
      assay: async (world) => {
        const key = await world.operator.registrationKey(world.apps.web)
        return {
          attack: await registered(world, { ...genuine, ...changed }, key),
          twin: await registered(world, genuine, key),
        }
      },
    },
  }
}

async function registered(
  { operator }: World,
  files: Readonly<Record<string, string>>,
  key: string,
): Promise<Outcome> {
  const entries = Object.entries(files).map(([name, text]) => ({
    name,
    content: Buffer.from(text),
    stored: false,
  }))
  return operator.registerEntry(await writeZip(entries), { id: 'entry', key })
}
