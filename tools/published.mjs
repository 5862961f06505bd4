/**
 * Which packages are published, and which of them make a promise. Public packages are documented and have API reports
 * (`tools/api`); the others are published because the public ones need them, under the same exact version, and are marked
 * as internal in README, description and keywords.
 */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { layers } from './layers.mjs'
import { scope } from './scope.mjs'

export const publicPackages = [
  '@assay/guard',
  '@assay/client',
  '@assay/web-build',
  '@assay/react-native',
  '@assay/cli',
  '@assay/service',
  // The service with its console: a page for browsers, which exports nothing.
  '@assay/console',
  '@assay/evidence',
]

/** The second paragraph of an internal package's README. */
export const internalNotice =
  '> **Internal.** Published only because other packages of Assay depend on this exact version. Any release may change or remove what is in it.'
export const internalDescription = 'Internal to Assay: '
const keyword = 'internal'

/** @returns {{ name: string, dir: string, isPublic: boolean, manifest: any }[]} in the order of `layers.mjs` */
export function publishedPackages(root) {
  return Object.entries(layers)
    .map(([name, { dir }]) => ({
      ...{ name, dir, isPublic: publicPackages.includes(name) },
      manifest: JSON.parse(readFileSync(path.join(root, dir, 'package.json'), 'utf8')),
    }))
    .filter(({ manifest }) => manifest.private !== true)
}

/**
 * Checks what a package says of itself: internal ones are marked, public ones are not, and ours depend on one another by
 * the exact version that all of them have.
 *
 * @param {{ name: string, isPublic: boolean, manifest: any }} published
 * @param {string} readme
 * @param {string} version that all packages must have
 * @returns {string[]} what is wrong
 */
export function publishingProblems({ name, isPublic, manifest }, readme, version) {
  const marks = [
    ['README', readme.includes(internalNotice)],
    ['description', manifest.description?.startsWith(internalDescription) === true],
    ['keywords', manifest.keywords?.includes(keyword) === true],
  ]
  const wrong = marks.filter(([, isMarked]) => isMarked === isPublic)
  const state = isPublic ? 'is public, and is marked as internal' : 'is internal, and is not marked'
  const { dependencies, peerDependencies, devDependencies } = manifest
  return [
    ...wrong.map(([place]) => `${name}: ${state} (${place})`),
    ...(manifest.version === version ? [] : [`${name}: version ${manifest.version}, the others ${version}`]),
    ...Object.entries({ ...devDependencies, ...peerDependencies, ...dependencies })
      .filter(([other, range]) => other.startsWith(`${scope}/`) && range !== version)
      .map(([other, range]) => `${name}: depends on ${other} ${range}, not exactly ${version}`),
  ]
}
