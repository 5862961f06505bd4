import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkService } from './check-image.mjs'
import { imageFiles } from './image-lock.mjs'

const root = fileURLToPath(new URL('../../', import.meta.url))
const textOf = (file) => readFileSync(path.join(root, file), 'utf8')

describe('the lock file of the container image', () => {
  const { packages } = JSON.parse(textOf('deploy/image/package-lock.json'))

  it.each(['package.json', 'package-lock.json'])(
    'is what `npm run image:lock` makes of the manifests: %s',
    (name) => {
      expect(textOf(`deploy/image/${name}`)).toBe(imageFiles()[name])
    },
  )

  it('has what is installed beside the service alone, and the packages that spans need', () => {
    // Not in the root's `node_modules`, where another version is.
    expect(packages['node_modules/@assay/service/node_modules/lru-cache'].version).toBe('11.5.3')
    for (const name of Object.keys(JSON.parse(textOf('apps/service/package.json')).peerDependencies))
      expect(packages[`node_modules/${name}`], name).toBeDefined()
  })

  it('has a digest of every package that is not made here', () => {
    for (const [place, { integrity }] of Object.entries(packages))
      if (!/^(?:node_modules\/@assay\/[^/]+)?$/.test(place)) expect(integrity, place).toMatch(/^sha512-/)
  })
})

describe('the container image', () => {
  it('starts the service with the memory setting of the unit', () => {
    const settings = (file) => textOf(file).match(/MALLOC_ARENA_MAX=\d+/g)
    expect(settings('Dockerfile')).toHaveLength(1)
    expect(settings('Dockerfile')).toEqual(settings('deploy/systemd/assay.service'))
  })

  it('is made by the steps that are checked without a container', () => {
    const dockerfile = textOf('Dockerfile')
    expect(dockerfile).toContain('RUN node tools/deploy/install-image.mjs /packages /opt/assay\n')
    expect(dockerfile).toContain('COPY --from=build /opt/assay /opt/assay\n')
  })
})

describe('the check of what the image holds', () => {
  let folder
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'assay-image-test-'))))
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  /** A program that is started as the CLI is. */
  const program = (serve) => {
    const file = path.join(folder, 'assay')
    writeFileSync(
      file,
      `#!${process.execPath}
const listen = (status) => require('node:http').createServer((_, response) => response.writeHead(status).end())
  .listen(Number(process.env.ASSAY_PORT), '127.0.0.1', () => console.error('Attestation service at here'))
if (process.argv[2] === 'serve') { ${serve} }
`,
    )
    chmodSync(file, 0o755)
    return file
  }

  it('accepts a service that starts, answers and ends', async () => {
    const good = program(`process.on('SIGTERM', () => process.exit(0)); listen(200)`)
    expect(await checkService(good, folder)).toEqual([])
  })

  it.each([
    [`require('lru-cache')`, /^image: assay serve ended with 1: [^]*Cannot find module 'lru-cache'/],
    [`if (process.env.OTEL_EXPORTER_OTLP_ENDPOINT) process.exit(3)`, /^image: assay serve ended with 3/],
    [`process.on('SIGTERM', () => process.exit(0)); listen(503)`, /^image: \/readyz: 503$/],
    [`listen(200)`, /^image: SIGTERM ended it with SIGTERM/],
    [`process.on('SIGTERM', () => undefined); listen(200)`, /^image: SIGTERM ended it with SIGKILL/],
  ])('refuses one that does otherwise: %s', async (serve, problem) => {
    const [first] = await checkService(program(serve), folder, { wait: 2_000 })
    expect(first).toMatch(problem)
  })
})
