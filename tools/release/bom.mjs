/**
 * Bills of materials (CycloneDX, JSON), one for each artifact: of `npm sbom` over the lock file, cut down to what the artifact
 * brings. They state no time of their own and no random number, so that one commit gives one text.
 */
import { createHash } from 'node:crypto'

/**
 * @param {any} whole what `npm sbom` says of the workspace
 * @param {string} name of one of our packages
 * @param {{ dependencies: Record<string, Record<string, string>>, optionalPeers?: Map<string, string[]>, bundled: string[] }}
 *   known `dependencies`: of our packages, by name: what they bring, which is less than what they are developed with;
 *   `optionalPeers`: of others' packages; `bundled`: `name@version` of what is in the artifact
 * @returns {any} the bill of materials of the package
 */
export function bomOfPackage(whole, name, { dependencies, optionalPeers = new Map(), bundled }) {
  const components = new Map(whole.components.map((each) => [each['bom-ref'], each]))
  const edges = new Map(whole.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]))
  const dependsOn = (ref) => {
    const ours = dependencies[nameOf(ref)]
    const all = (edges.get(ref) ?? []).filter((each) => !optionalPeers.get(ref)?.includes(nameOf(each)))
    return ours === undefined ? all : all.filter((each) => Object.hasOwn(ours, nameOf(each)))
  }
  const self = whole.components.find((each) => nameOf(each['bom-ref']) === name)
  if (self === undefined) throw new Error(`npm sbom does not list ${name}`)
  const missing = bundled.filter((ref) => !components.has(ref))
  if (missing.length > 0)
    throw new Error(`${name} bundles what npm sbom does not list: ${missing.join(', ')}`)
  const reached = new Set()
  const reach = (ref) => {
    if (reached.has(ref) || !components.has(ref)) return
    reached.add(ref)
    dependsOn(ref).forEach(reach)
  }
  reach(self['bom-ref'])
  reached.delete(self['bom-ref'])
  for (const ref of bundled) reached.add(ref)
  const refs = [...reached].sort()
  const kept = (ref) => reached.has(ref)
  return {
    ...whole,
    metadata: { ...whole.metadata, component: named(self, name) },
    components: refs.map((ref) => named(components.get(ref), nameOf(ref))),
    dependencies: [
      {
        ref: self['bom-ref'],
        dependsOn: [...new Set([...dependsOn(self['bom-ref']), ...bundled])].filter(kept).sort(),
      },
      ...refs.map((ref) => ({ ref, dependsOn: dependsOn(ref).filter(kept).sort() })),
    ],
  }
}

const nameOf = (ref) => ref.slice(0, ref.lastIndexOf('@'))

/**
 * The components that a lock file names, as the whole tree lists them.
 *
 * @param {any} whole what `npm sbom` says of the workspace
 * @param {{ packages: Record<string, { version?: string }> }} lock
 */
export function componentsOfLock(whole, lock) {
  const refs = [...refsOfLock(lock).keys()].sort()
  const components = new Map(whole.components.map((each) => [each['bom-ref'], each]))
  const missing = refs.filter((ref) => !components.has(ref))
  if (missing.length > 0)
    throw new Error(`a lock file names what npm sbom does not list: ${missing.join(', ')}`)
  return refs.map((ref) => named(components.get(ref), nameOf(ref)))
}

/** Peers that others' packages can do without, by `name@version`: whoever installs ours does not get them. */
export function optionalPeersOfLock(lock) {
  return new Map(
    [...refsOfLock(lock)].map(([ref, { dependencies = {}, peerDependenciesMeta = {} }]) => [
      ref,
      Object.keys(peerDependenciesMeta).filter((name) => !Object.hasOwn(dependencies, name)),
    ]),
  )
}

/** What a lock file installs, by `name@version`; links to workspaces are left out. */
function refsOfLock({ packages }) {
  return new Map(
    Object.entries(packages)
      .filter(
        ([place, { version, link }]) => place.includes('node_modules/') && version !== undefined && !link,
      )
      .map(([place, entry]) => [
        `${entry.name ?? place.split('node_modules/').at(-1)}@${entry.version}`,
        entry,
      ]),
  )
}

/** `npm sbom` calls a workspace by its folder. */
function named(component, name) {
  const { group, ...rest } = component
  const [scope, plain] = name.startsWith('@') ? name.split('/') : [group, name]
  return { ...(scope === undefined ? {} : { group: scope }), ...rest, name: plain }
}

/**
 * The bill of materials of an artifact that no package manager describes.
 *
 * @param {{ name: string, version: string, description: string, components?: any[] }} artifact
 */
export function bomOfArtifact({ name, version, description, components = [] }) {
  const ref = `pkg:generic/${name}@${version}`
  const component = { 'bom-ref': ref, type: 'library', name, version, description, purl: ref }
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.5.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: { component: { ...component, licenses: [{ license: { id: 'Apache-2.0' } }] } },
    components,
    dependencies: [
      { ref, dependsOn: components.map((each) => each['bom-ref']).sort() },
      ...components.map((each) => ({ ref: each['bom-ref'], dependsOn: [] })),
    ],
  }
}

/** An image that a container is made from, as compose names it: `name:tag`. */
export function imageComponent(image) {
  const [name, version] = image.split(':')
  const purl = `pkg:docker/${name}@${version}`
  return { 'bom-ref': purl, type: 'container', name, version, scope: 'optional', purl }
}

/**
 * The text of a bill of materials, tied to the bytes of its artifact.
 *
 * @param {any} bom
 * @param {Uint8Array} artifact
 * @param {number} time of the commit, Unix seconds
 */
export function bomText(bom, artifact, time) {
  const { component, ...metadata } = bom.metadata
  const content = createHash('sha256').update(artifact).digest('hex')
  const { serialNumber: _drawn, ...rest } = bom
  const dated = {
    ...rest,
    metadata: {
      ...metadata,
      timestamp: new Date(time * 1000).toISOString(),
      component: { ...component, hashes: [{ alg: 'SHA-256', content }] },
    },
  }
  const serialNumber = `urn:uuid:${uuidOf(JSON.stringify(dated))}`
  return `${JSON.stringify({ bomFormat: dated.bomFormat, specVersion: dated.specVersion, serialNumber, ...dated }, null, 2)}\n`
}

/** RFC 9562, version 8: bits of our own, here of a digest. */
function uuidOf(text) {
  const bytes = createHash('sha256').update(text).digest().subarray(0, 16)
  bytes[6] = (bytes[6] & 0x0f) | 0x80
  bytes[8] = (bytes[8] & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
