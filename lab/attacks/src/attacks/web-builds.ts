import { createHash } from 'node:crypto'
import { pageImage } from '@assay/client/web'
import { writeZip } from '@assay/testkit'
import { without } from '../attack/sdks.ts'
import type { Attack } from '../attack/attack.ts'
import type { Outcome } from '../world/outcome.ts'
import { noMeasurement, noRegistration, onlyAssay, refusedWith, through } from '../attack/expected.ts'
import { tryDevice } from '../kinds/device-with-build.ts'
import type { World } from '../world/world.ts'

const chunk = 'export const checkout = (order) => order'
const page = (importMap: object) =>
  `<!doctype html><script type="importmap">${JSON.stringify(importMap)}</script><script type="module" src="/main.js"></script>`
const pinning = (text: string) =>
  page({ integrity: { '/lazy.js': `sha384-${createHash('sha384').update(text).digest('base64')}` } })
const pinned = pinning(chunk)

/** As every bundle of the SDK holds it. */
const sdk = "export const sdk = 'assay-js/0.1.0'"
const lazySdk = `import './sdk.js';${chunk}`
const bundledSdk = `${sdk};${chunk}`

const classic = '<script>import("/lazy.js")</script>'

const genuineMain = 'import("./lazy.js")'
const genuine = { 'index.html': pinned, 'main.js': genuineMain, 'lazy.js': chunk }

/** Builds of the coverage `entry`, whose pages pin what they load later, and what answers in the place of the server. */
export const webBuilds: readonly Attack[] = [
  entryBuild({
    id: 'lazy-chunk-swapped',
    sdks: without('at-the-service'),
    title: 'A chunk that pages load later is swapped before the build is registered',
    method: 'other bytes under the name that the import map pins; twin: the pinned bytes',
    code: 'WEB_PIN_WRONG',
    changed: { 'lazy.js': `${chunk};steal()` },
  }),
  entryBuild({
    id: 'import-map-without-integrity',
    sdks: without('at-the-service'),
    title: 'A chunk that pages load later is not measured, and nothing pins it',
    method: 'the import map has no `integrity`; twin: it has',
    code: 'WEB_NOT_PINNED',
    changed: { 'index.html': page({ imports: {} }) },
  }),
  entryBuild({
    id: 'lazy-chunk-swapped-on-classic-page',
    sdks: without('at-the-service'),
    title: 'A page without modules loads a chunk that nothing holds to its digest there',
    method:
      'a second page of the build without the import map, whose classic script imports the chunk; twin: the page has the map',
    code: 'WEB_IMPORT_MAP',
    with: { 'help.html': pinned.replace(/<script type="module".*$/, classic) },
    changed: { 'help.html': `<!doctype html>${classic}` },
  }),
  entryBuild({
    id: 'entry-without-sdk',
    sdks: without('at-the-service'),
    title: 'The SDK lies in a chunk that is not measured, so that nobody asks its probes',
    method:
      'only the pinned chunk holds the SDK; a browser under automation would be served; twin: the page loads the SDK at its start',
    code: 'WEB_SDK_LAZY',
    with: {
      'index.html': pinning(lazySdk),
      'main.js': 'import "./sdk.js";import("./lazy.js")',
      'sdk.js': sdk,
      'lazy.js': lazySdk,
    },
    changed: {
      'index.html': pinning(bundledSdk),
      'main.js': genuineMain,
      'sdk.js': 'export {}',
      'lazy.js': bundledSdk,
    },
  }),
  {
    id: 'service-worker-swapped',
    sdks: without('in-a-browser'),
    title: 'A changed service worker gives the page other scripts, and the SDK the registered ones',
    oat: 'OAT-020',
    method:
      'it answers in the place of the server: navigation and scripts with changed files, and what the SDK fetches of them with the genuine ones',
    expected: onlyAssay(noMeasurement, through),
    run: {
      assay: async (world) => ({
        attack: await tryDevice(
          world,
          world.webDevice({ apk: await shownByWorker(world) }),
          world.apis.webOrders,
        ),
      }),
    },
  },
]

/** What the SDK's reader gets in a page whose scripts a changed service worker has replaced. */
function shownByWorker({ builds: { web } }: World) {
  const site = 'https://shop.example/'
  const files = web.segments.map(({ name }) => name)
  const genuine = new Map(web.segments.map(({ name, bytes }) => [`${site}${name}`, bytes]))
  const document = Object.assign(new EventTarget(), {
    baseURI: site,
    querySelector: () => null,
    querySelectorAll: () => [],
  }) as unknown as Parameters<typeof pageImage>[1]['document']
  const worker: typeof globalThis.fetch = async (url, init) => {
    // Scripts of the page are requested without it.
    const { cache } = (init ?? {}) as { cache?: string }
    const isOfSdk = cache === 'no-cache' || cache === 'force-cache'
    return new Response(isOfSdk ? Buffer.from(genuine.get(url as string) ?? []) : 'steal()')
  }
  return pageImage({ files }, { document, fetch: worker })
}

interface EntryBuild extends Pick<Attack, 'id' | 'sdks' | 'title' | 'method'> {
  code: string
  /** What the genuine build has besides. */
  with?: Readonly<Record<string, string>>
  changed: Readonly<Record<string, string>>
}

function entryBuild({ code, changed, with: more = {}, ...about }: EntryBuild): Attack {
  return {
    ...about,
    oat: 'OAT-020',
    expected: onlyAssay(noRegistration, refusedWith(code)),
    run: {
      assay: async (world) => {
        const key = await world.operator.registrationKey(world.apps.web)
        return {
          attack: await registered(world, { ...genuine, ...more, ...changed }, about.id, key),
          twin: await registered(world, { ...genuine, ...more }, about.id, key),
        }
      },
    },
  }
}

async function registered(
  { operator }: World,
  files: Readonly<Record<string, string>>,
  id: string,
  key: string,
): Promise<Outcome> {
  const entries = Object.entries(files).map(([name, text]) => ({
    name,
    content: Buffer.from(text),
    stored: false,
  }))
  return operator.registerEntry(await writeZip(entries), { id, key })
}
