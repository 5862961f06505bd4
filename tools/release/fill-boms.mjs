import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parse } from 'yaml'
import {
  bomOfArtifact,
  bomOfPackage,
  bomText,
  componentsOfLock,
  imageComponent,
  optionalPeersOfLock,
} from './bom.mjs'
import { archives } from './fill-archives.mjs'
import { bundledPackages } from './notices.mjs'

/** Writes `sbom/ARTIFACT.cdx.json` for each artifact in `target`. */
export function writeBoms(root, target, { version, time, packages, bundles }) {
  const folder = path.join(target, 'sbom')
  mkdirSync(folder, { recursive: true })
  const put = (file, bom) => {
    const artifact = readFileSync(path.join(target, file))
    writeFileSync(path.join(folder, `${path.basename(file)}.cdx.json`), bomText(bom, artifact, time))
  }
  const whole = npmBom(root)
  const optionalPeers = optionalPeersOfLock(lockOf(root))
  const dependencies = Object.fromEntries(
    packages.map(({ name, manifest }) => [name, manifest.dependencies ?? {}]),
  )
  for (const { name } of packages) {
    const bundled = bundles
      .filter((each) => each.name === name)
      .flatMap(({ licenses }) => bundledPackages(licenses))
    const file = `npm/${name.replace('@', '').replace('/', '-')}-${version}.tgz`
    put(file, bomOfPackage(whole, name, { dependencies, optionalPeers, bundled }))
  }
  for (const { file, name, description } of archives(version)) {
    const components = name === 'assay-deploy' ? deployed(root, whole) : []
    put(file, bomOfArtifact({ name, version, description, components }))
  }
  for (const { artifact, bom } of mavenBoms(path.join(target, 'maven'))) {
    put(path.relative(target, artifact), JSON.parse(readFileSync(bom, 'utf8')))
    for (const ending of ['', '.md5', '.sha1', '.sha256', '.sha512']) rmSync(`${bom}${ending}`)
  }
}

/** What the lock file says, which is the same on every system. */
function npmBom(root) {
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only']
  const { status, stdout, stderr } = spawnSync('npm', args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 27,
  })
  if (status !== 0) throw new Error(`npm sbom: ${stderr}`)
  const { $schema, bomFormat, specVersion, version, metadata, components, dependencies } = JSON.parse(stdout)
  const { tools } = metadata
  return { $schema, bomFormat, specVersion, version, metadata: { tools }, components, dependencies }
}

const lockOf = (folder) => JSON.parse(readFileSync(path.join(folder, 'package-lock.json'), 'utf8'))

/** The images that the files start, and what their lock file installs. */
function deployed(root, whole) {
  const locked = componentsOfLock(whole, lockOf(path.join(root, 'deploy/image')))
  return [...imagesOf(root).map(imageComponent), ...locked]
}

function imagesOf(root) {
  const { services } = parse(readFileSync(path.join(root, 'deploy/compose/compose.yaml'), 'utf8'))
  const images = Object.values(services).map(({ image }) => image)
  return [...new Set(images)].filter((image) => image.includes(':')).sort()
}

/** Each JAR or AAR, and what the plugin said of it. */
function mavenBoms(repository) {
  return readdirSync(repository, { recursive: true })
    .filter((file) => file.endsWith('-cyclonedx.json'))
    .sort()
    .map((file) => {
      const base = path.join(repository, file.replace(/-cyclonedx\.json$/, ''))
      const folder = readdirSync(path.dirname(base)).map((name) => path.join(path.dirname(base), name))
      return {
        artifact: folder.find((each) => each === `${base}.aar` || each === `${base}.jar`),
        bom: path.join(repository, file),
      }
    })
}
