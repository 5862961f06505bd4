import { readFileSync } from 'node:fs'
import path from 'node:path'
import { publishedPackages } from '../published.mjs'

/** Other files that state the version, and where. */
const places = [
  ['packages/attester/android/pom.xml', /<artifactId>assay-android-parent<\/artifactId>\s*<version>([^<]*)</],
  ['deploy/helm/assay/Chart.yaml', /^version: (.*)$/m],
  ['deploy/helm/assay/Chart.yaml', /^appVersion: (.*)$/m],
  ['Assay.podspec', /s\.version = '([^']*)'/],
  ['AssayCore.podspec', /s\.version = '([^']*)'/],
]

/** @returns {string} the version of a release */
export function versionOf(root) {
  return JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).version
}

/** @returns {string[]} files with another version than the root's `package.json` */
export function otherVersions(root, packages = publishedPackages(root)) {
  const version = versionOf(root)
  return [
    ...packages
      .filter(({ manifest }) => manifest.version !== version)
      .map(({ dir, manifest }) => `${dir}/package.json: ${manifest.version}`),
    ...places
      .map(([file, pattern]) => [file, pattern.exec(readFileSync(path.join(root, file), 'utf8'))?.[1]])
      .filter(([, stated]) => stated !== version)
      .map(([file, stated]) => `${file}: ${stated ?? 'none'}`),
  ]
}
