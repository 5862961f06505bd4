import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { NotRun } from '../not-run.mjs'
import { run } from './npm.mjs'

const program = `import Assay
import AssayCore

_ = Assay.self
print(Coverage(rawValue: "image") != nil ? "built" : "wrong")
`

const manifest = (url, version) => `// swift-tools-version: 6.0
import PackageDescription

let package = Package(
  name: "Consumer",
  dependencies: [.package(url: "${url}", exact: "${version}")],
  targets: [
    .executableTarget(
      name: "Consumer", dependencies: [.product(name: "Assay", package: "assay")], path: "Sources")
  ]
)
`

/** A package with the archive's files as a repository with a tag, as SwiftPM gets packages. On Linux, over the stand-ins. */
export function swiftConsumer({ folder, place, release }) {
  if (spawnSync('swift', ['--version']).status !== 0) throw new NotRun('there is no Swift')
  const [archive] = readdirSync(path.join(folder, 'swift'))
  const repository = path.join(place, 'assay')
  const consumer = path.join(place, 'consumer')
  mkdirSync(repository)
  mkdirSync(path.join(consumer, 'Sources'), { recursive: true })
  const untar = ['-xzf', path.join(folder, 'swift', archive), '-C', repository, '--strip-components=1']
  const commit = [
    '-c',
    'user.name=a',
    '-c',
    'user.email=a@example.com',
    'commit',
    '--quiet',
    '--message',
    'a',
  ]
  writeFileSync(
    path.join(consumer, 'Package.swift'),
    manifest(pathToFileURL(repository).href, release.version),
  )
  writeFileSync(path.join(consumer, 'Sources/main.swift'), program)
  const steps = [
    ['tar', untar, place],
    ['git', ['init', '--quiet', '.'], repository],
    ['git', ['add', '--all'], repository],
    ['git', commit, repository],
    ['git', ['tag', release.version], repository],
    ['swift', ['run', '--quiet', 'Consumer'], consumer],
  ]
  for (const [command, args, cwd] of steps) {
    const problems = run(command, command, args, cwd)
    if (problems.length > 0) return problems
  }
  return []
}
