import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { archiveOf } from './archives.mjs'

/** What `Package.swift` names, on a Mac and on Linux. */
const swiftPaths = [
  ...['Package.swift', 'LICENSE', 'packages/attester/ios', 'packages/attester/react-native/ios'],
  'examples/ios',
]

/** The archives that no package manager makes: of the Swift package, the chart, and the files for deployment. */
export const archives = (version) => [
  {
    file: `swift/assay-swift-${version}.tar.gz`,
    name: 'assay-swift',
    description: 'The SDK for iOS, as source',
    from: { paths: swiftPaths, under: `assay-swift-${version}` },
  },
  {
    file: `helm/assay-${version}.tgz`,
    name: 'assay-chart',
    description: 'The Helm chart of the attestation service',
    from: { folder: 'deploy/helm/assay', paths: ['.'], under: 'assay' },
  },
  {
    file: `deploy/assay-deploy-${version}.tar.gz`,
    name: 'assay-deploy',
    description: 'Files for deployment: compose, systemd, proxies, alerts, and the lock file of the service',
    from: { folder: 'deploy', paths: ['.'], under: `assay-deploy-${version}` },
  },
]

export function writeArchives(root, target, { version, time }) {
  for (const { file, from } of archives(version)) {
    const place = path.join(target, file)
    mkdirSync(path.dirname(place), { recursive: true })
    writeFileSync(place, archiveOf(root, { ...from, time }))
  }
}
