/**
 * `npm run image:lock`: writes `deploy/image`, from which npm installs what the container image holds:
 * the tarballs of this repository, and beside them the third-party packages, each at the version that the root's lock file has.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { layers } from '../layers.mjs'

const root = path.resolve(import.meta.dirname, '../..')
const own = '@assay/'
/** Not needed without `--otlp-endpoint`, and so not brought by the service. An image cannot be added to. */
const tracing = [
  '@opentelemetry/api',
  '@opentelemetry/exporter-trace-otlp-http',
  '@opentelemetry/resources',
  '@opentelemetry/sdk-trace-base',
]

/**
 * @returns {Record<'package.json' | 'package-lock.json', string>} the files of `deploy/image`, by what the root's lock file
 * and the manifests of the packages say now
 */
export function imageFiles() {
  const { packages } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'))
  const manifests = new Map(
    Object.values(layers).map(({ dir }) => {
      const manifest = JSON.parse(readFileSync(path.join(root, dir, 'package.json'), 'utf8'))
      return [manifest.name, { dir, ...manifest }]
    }),
  )
  const { devDependencies } = manifests.get('@assay/service')
  const dependencies = {
    ...Object.fromEntries(ownOf(manifests).map((name) => [name, tarballOf(manifests.get(name))])),
    ...Object.fromEntries(tracing.map((name) => [name, devDependencies[name]])),
  }
  const lock = {
    name: 'assay-image',
    lockfileVersion: 3,
    requires: true,
    packages: { '': { name: 'assay-image', dependencies }, ...entries(packages, manifests) },
  }
  return {
    'package.json': text({ name: 'assay-image', private: true, dependencies }),
    'package-lock.json': text(lock),
  }
}

/** What the CLI needs of this repository, itself included. */
function ownOf(manifests) {
  const found = new Set(['@assay/cli'])
  for (const name of found)
    for (const needed of Object.keys(manifests.get(name).dependencies ?? {}))
      if (needed.startsWith(own)) found.add(needed)
  return [...found].sort()
}

function tarballOf({ name, version }) {
  return `file:packages/${name.replace('@', '').replace('/', '-')}-${version}.tgz`
}

/** Entries of a lock file, by place; a package of this repository is where npm installs its tarball. */
function entries(packages, manifests) {
  const found = new Map()
  const visit = (place, entry) => {
    for (const name of neededBy(entry)) {
      if (name.startsWith(own)) continue
      const needed = placeOf(name, place, packages)
      if (found.has(needed)) continue
      found.set(needed, packages[needed])
      visit(needed, packages[needed])
    }
  }
  const installed = {}
  for (const name of ownOf(manifests)) {
    const manifest = manifests.get(name)
    // The driver that only Node 20 needs is optional; the image has another Node.
    visit(manifest.dir, { ...manifest, optionalDependencies: {} })
    // npm needs no digest of a tarball that was made a moment ago, and each build would make another.
    installed[`node_modules/${name}`] = { ...picked(manifest), resolved: tarballOf(manifest) }
  }
  for (const name of tracing) visit('apps/service', { dependencies: { [name]: '' } })
  for (const [place, entry] of found) installed[placeInImage(place, manifests)] = withoutFlags(entry)
  return Object.fromEntries(Object.entries(installed).sort(([one], [other]) => (one < other ? -1 : 1)))
}

function neededBy({ dependencies, optionalDependencies, peerDependencies = {}, peerDependenciesMeta = {} }) {
  const peers = Object.keys(peerDependencies).filter((name) => peerDependenciesMeta[name]?.optional !== true)
  return [...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers]
}

/** Where Node finds the package `name` from `place`. */
function placeOf(name, place, packages) {
  for (let at = place; ; at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1))) {
    const candidate = `${at === '' ? '' : `${at}/`}node_modules/${name}`
    if (candidate in packages) return candidate
    if (at === '') throw new Error(`the root's lock file has no ${name} for ${place}`)
  }
}

function placeInImage(place, manifests) {
  const owner = [...manifests.values()].find(({ dir }) => place.startsWith(`${dir}/`))
  return owner === undefined ? place : `node_modules/${owner.name}${place.slice(owner.dir.length)}`
}

function picked(manifest) {
  const members = [
    'version',
    'license',
    'dependencies',
    'bin',
    'engines',
    'peerDependencies',
    'peerDependenciesMeta',
  ]
  return Object.fromEntries(members.filter((each) => each in manifest).map((each) => [each, manifest[each]]))
}

/** The root may have a package for development only, or as a peer; here it is one that something needs. */
function withoutFlags(entry) {
  const { dev: _dev, peer: _peer, devOptional: _devOptional, ...rest } = entry
  return rest
}

const text = (value) => `${JSON.stringify(value, null, 2)}\n`

if (process.argv[1] === import.meta.filename && process.argv[2] === '--write')
  for (const [name, content] of Object.entries(imageFiles()))
    writeFileSync(path.join(root, 'deploy/image', name), content)
