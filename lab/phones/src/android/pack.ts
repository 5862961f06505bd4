import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createHash } from 'node:crypto'
import path from 'node:path'
import { readZip, writeZip, type ZipEntry } from '@assay/testkit'
import { androidFolder, slimJar } from './tools.ts'

/** What a POM says of the project besides the artifact, from `owner.json`. */
export interface Owner {
  readonly homepage: string
  readonly repository: string
  readonly developers: readonly { readonly name: string; readonly email: string }[]
}

/** Modules that apps use, by folder. */
const modules = [
  { folder: 'core', artifact: 'assay-core', packaging: 'jar' },
  { folder: 'platform', artifact: 'assay-android', packaging: 'aar' },
  { folder: 'okhttp', artifact: 'assay-okhttp', packaging: 'jar' },
  { folder: 'ktor', artifact: 'assay-ktor', packaging: 'jar' },
  { folder: 'webview', artifact: 'assay-webview', packaging: 'jar' },
  { folder: 'coroutines', artifact: 'assay-coroutines', packaging: 'jar' },
  { folder: 'play-integrity', artifact: 'assay-play-integrity', packaging: 'jar' },
] as const
type Module = (typeof modules)[number]

/** Folders of the published modules. */
export const packedFolders: readonly string[] = modules.map(({ folder }) => folder)

/** What must be built for them: Google's stubs, and the program that makes JARs slim, too. */
export const builtFolders: readonly string[] = [...packedFolders, 'play-stubs', 'packing']

const version = '0.1.0'

const core = { group: 'dev.assay', name: 'assay-core', version }

/** What a module brings besides `kotlin-stdlib`. OkHttp and Ktor are missing: an app that wants the adapter has them. */
const dependenciesOf: Readonly<Record<Module['folder'], readonly (typeof core)[]>> = {
  core: [],
  platform: [core],
  okhttp: [core],
  ktor: [core],
  webview: [core],
  coroutines: [core, { group: 'org.jetbrains.kotlinx', name: 'kotlinx-coroutines-core', version: '1.7.3' }],
  // From Google's Maven repository, which every Android app uses. An app that names a newer one gets that.
  'play-integrity': [core, { group: 'com.google.android.play', name: 'integrity', version: '1.4.0' }],
}

/**
 * Writes a Maven repository with what the modules' `target` folders hold: AAR or JAR, POM, sources and KDoc, each with
 * the checksums that Maven Central requires. They must have been built with the profile `release`. The same sources give the
 * same bytes: archives are written anew, in the order of names and without times.
 *
 * @returns files written, by path in the repository
 */
export async function writeRepository(target: string): Promise<readonly string[]> {
  const kotlin = await kotlinLibrary()
  const owner = JSON.parse(await readFile(path.join(androidFolder, '../../../owner.json'), 'utf8')) as Owner
  const written: string[] = []
  for (const module of modules) {
    const base = `dev/assay/${module.artifact}/${version}/${module.artifact}-${version}`
    const put = async (ending: string, content: Buffer) => {
      const file = path.join(target, `${base}${ending}`)
      await mkdir(path.dirname(file), { recursive: true })
      await writeFile(file, content)
      for (const algorithm of ['md5', 'sha1', 'sha256', 'sha512'])
        await writeFile(`${file}.${algorithm}`, createHash(algorithm).update(content).digest('hex'))
      written.push(`${base}${ending}`)
    }
    await put('.pom', Buffer.from(pomOf(module, kotlin, { ...owner, ...(await aboutOf(module)) })))
    await put(`.${module.packaging}`, await archiveOf(module.folder))
    for (const kind of ['sources', 'javadoc'])
      await put(`-${kind}.jar`, await repacked(pathOf(module, `-${kind}.jar`)))
    await put('-cyclonedx.json', Buffer.from(await bomOf(module)))
  }
  return written
}

/**
 * The version of `kotlin-stdlib` that the published modules ask for: what they are compiled against, and no newer than the
 * oldest compiler among apps reads.
 */
export async function kotlinLibrary(): Promise<string> {
  const pom = await readFile(path.join(androidFolder, 'pom.xml'), 'utf8')
  const version = /<kotlin.stdlib.version>([^<]+)</.exec(pom)?.[1]
  if (version === undefined) throw new Error('pom.xml names no version of kotlin-stdlib')
  return version
}

/** A JAR with the same files, in the order of names, and without the times at which they were written. */
async function repacked(jar: string): Promise<Buffer> {
  return writeZip(await sortedEntries(jar), 9)
}

async function sortedEntries(jar: string): Promise<readonly ZipEntry[]> {
  // A JAR begins with its manifest.
  const rank = ({ name }: ZipEntry) => (name === 'META-INF/MANIFEST.MF' ? '0' : `1${name}`)
  return (await readZip(await readFile(jar))).sort((a, b) => (rank(a) < rank(b) ? -1 : 1))
}

interface Bom {
  readonly components: readonly { readonly group?: string; readonly name: string }[]
}

/** The bill of materials that the CycloneDX plugin wrote, with what only the published POM names. */
async function bomOf({ folder }: Module): Promise<string> {
  const text = await readFile(path.join(androidFolder, folder, 'target/bom.json'), 'utf8')
  const bom = JSON.parse(text) as Bom
  const isListed = ({ group, name }: typeof core) =>
    bom.components.some((each) => each.group === group && each.name === name)
  const missing = dependenciesOf[folder]
    .filter((each) => !isListed(each))
    .map(({ group, name, version }) => {
      const purl = `pkg:maven/${group}/${name}@${version}`
      return { type: 'library', 'bom-ref': purl, group, name, version, scope: 'required', purl }
    })
  return `${JSON.stringify({ ...bom, components: [...bom.components, ...missing] }, null, 2)}\n`
}

/** Classes in the JAR of a module that has been built, by path. */
export async function classesOf(folder: string): Promise<readonly string[]> {
  const artifact = modules.find((module) => module.folder === folder)?.artifact ?? `assay-${folder}`
  const jar = path.join(androidFolder, folder, 'target', `${artifact}-${version}.jar`)
  return (await readZip(await readFile(jar)))
    .map(({ name }) => name)
    .filter((name) => name.endsWith('.class'))
}

/** The archive of a module that has been built, as it is published. */
export async function archiveOf(folder: Module['folder']): Promise<Buffer> {
  const module = modules.find((each) => each.folder === folder) as Module
  return module.packaging === 'aar' ? aarOf(module) : repacked(await slimJarOf(module))
}

function pathOf({ folder, artifact }: Module, ending: string): string {
  return path.join(androidFolder, folder, 'target', `${artifact}-${version}${ending}`)
}

/** The module's classes as they are published, without what debuggers alone read. */
async function slimJarOf(module: Module): Promise<string> {
  const target = pathOf(module, '-slim.jar')
  await slimJar(pathOf(module, '.jar'), target)
  return target
}

/** After the pattern of published ones: manifest, classes, rules for shrinkers, and the list of no resources. */
async function aarOf(module: Module): Promise<Buffer> {
  const entries = {
    'AndroidManifest.xml': await readFile(
      path.join(androidFolder, 'platform/src/main/aar/AndroidManifest.xml'),
    ),
    // Not compressed by itself: many small files pack far better together.
    'classes.jar': await writeZip(
      (await sortedEntries(await slimJarOf(module))).map((entry) => ({ ...entry, stored: true })),
    ),
    'proguard.txt': await readFile(path.join(androidFolder, 'consumer-rules.pro')),
    'R.txt': Buffer.alloc(0),
  }
  return writeZip(
    Object.entries(entries).map(([name, content]) => ({ name, content, stored: false })),
    9,
  )
}

/** Name and description of a module, as its own POM states them. */
async function aboutOf({ folder }: Module): Promise<{ name: string; description: string }> {
  const pom = await readFile(path.join(androidFolder, folder, 'pom.xml'), 'utf8')
  const [name, description] = ['name', 'description'].map(
    (tag) => new RegExp(`^ {2}<${tag}>([^<]+)</${tag}>`, 'm').exec(pom)?.[1],
  )
  if (name === undefined || description === undefined)
    throw new Error(`the POM of ${folder} has no name or no description`)
  return { name, description }
}

const inXml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/**
 * The POM as published, with everything that Maven Central requires.
 *
 * @param kotlin version of `kotlin-stdlib`
 */
export function pomOf(
  { folder, artifact, packaging }: Module,
  kotlin: string,
  about: Owner & { readonly name: string; readonly description: string },
): string {
  const { homepage, repository, developers } = about
  const dependency = ({ group, name, version }: typeof core) => `    <dependency>
      <groupId>${group}</groupId>
      <artifactId>${name}</artifactId>
      <version>${version}</version>
      <scope>compile</scope>
    </dependency>
`
  const dependencies = [
    { group: 'org.jetbrains.kotlin', name: 'kotlin-stdlib', version: kotlin },
    ...dependenciesOf[folder],
  ]
    .map(dependency)
    .join('')
  return `<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>dev.assay</groupId>
  <artifactId>${artifact}</artifactId>
  <version>${version}</version>
  <packaging>${packaging}</packaging>
  <name>${about.name}</name>
  <description>${about.description}</description>
  <url>${inXml(homepage)}</url>
  <licenses>
    <license>
      <name>Apache-2.0</name>
      <url>https://www.apache.org/licenses/LICENSE-2.0</url>
    </license>
  </licenses>
  <developers>
${developers
  .map(
    ({ name, email }) => `    <developer>
      <name>${inXml(name)}</name>
      <email>${inXml(email)}</email>
    </developer>
`,
  )
  .join('')}  </developers>
  <scm>
    <connection>scm:git:${inXml(repository)}.git</connection>
    <developerConnection>scm:git:${inXml(repository)}.git</developerConnection>
    <tag>${version}</tag>
    <url>${inXml(repository)}</url>
  </scm>
  <dependencies>
${dependencies}  </dependencies>
</project>
`
}
