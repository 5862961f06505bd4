import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createHash } from 'node:crypto'
import path from 'node:path'
import { readZip, writeZip } from '@assay/testkit'
import { androidFolder, slimJar } from './tools.ts'

/** Modules that apps use, by folder. */
const modules = [
  { folder: 'core', artifact: 'assay-core', packaging: 'jar' },
  { folder: 'platform', artifact: 'assay-android', packaging: 'aar' },
  { folder: 'okhttp', artifact: 'assay-okhttp', packaging: 'jar' },
  { folder: 'ktor', artifact: 'assay-ktor', packaging: 'jar' },
  { folder: 'play-integrity', artifact: 'assay-play-integrity', packaging: 'jar' },
] as const
type Module = (typeof modules)[number]

/** Folders of the published modules. */
export const packedFolders: readonly string[] = modules.map(({ folder }) => folder)

const version = '0.1.0'

const core = { group: 'dev.assay', name: 'assay-core', version }

/** What a module brings besides `kotlin-stdlib`. OkHttp and Ktor are missing: an app that wants the adapter has them. */
const dependenciesOf: Readonly<Record<Module['folder'], readonly (typeof core)[]>> = {
  core: [],
  platform: [core],
  okhttp: [core],
  ktor: [core],
  // From Google's Maven repository, which every Android app uses. An app that names a newer one gets that.
  'play-integrity': [core, { group: 'com.google.android.play', name: 'integrity', version: '1.4.0' }],
}

/**
 * Writes a Maven repository with what the modules' `target` folders hold: AAR or JAR, POM, sources and KDoc, each with
 * its SHA-1. They must have been built with the profile `release`.
 *
 * @returns files written, by path in the repository
 */
export async function writeRepository(target: string): Promise<readonly string[]> {
  const kotlin = await kotlinLibrary()
  const written: string[] = []
  for (const module of modules) {
    const base = `dev/assay/${module.artifact}/${version}/${module.artifact}-${version}`
    const put = async (ending: string, content: Buffer) => {
      const file = path.join(target, `${base}${ending}`)
      await mkdir(path.dirname(file), { recursive: true })
      await writeFile(file, content)
      await writeFile(`${file}.sha1`, createHash('sha1').update(content).digest('hex'))
      written.push(`${base}${ending}`)
    }
    await put('.pom', Buffer.from(pomOf(module, kotlin)))
    await put(
      `.${module.packaging}`,
      module.packaging === 'aar' ? await aarOf(module) : await readFile(await slimJarOf(module)),
    )
    for (const kind of ['sources', 'javadoc']) {
      await put(`-${kind}.jar`, await readFile(pathOf(module, `-${kind}.jar`)))
    }
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

/** Classes in the JAR of a module that has been built, by path. */
export async function classesOf(folder: string): Promise<readonly string[]> {
  const artifact = modules.find((module) => module.folder === folder)?.artifact ?? `assay-${folder}`
  const jar = path.join(androidFolder, folder, 'target', `${artifact}-${version}.jar`)
  return (await readZip(await readFile(jar)))
    .map(({ name }) => name)
    .filter((name) => name.endsWith('.class'))
}

/** Bytes of the AARs of core and platform as published, for the size budget. */
export async function sizeOfSdk(): Promise<number> {
  const [core, platform] = modules
  return (await aarOf(core)).length + (await aarOf(platform)).length
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
      (await readZip(await readFile(await slimJarOf(module)))).map((entry) => ({ ...entry, stored: true })),
    ),
    'proguard.txt': await readFile(path.join(androidFolder, 'consumer-rules.pro')),
    'R.txt': Buffer.alloc(0),
  }
  return writeZip(
    Object.entries(entries).map(([name, content]) => ({ name, content, stored: false })),
    9,
  )
}

/** The POM as published. @param kotlin version of `kotlin-stdlib` */
export function pomOf({ folder, artifact, packaging }: Module, kotlin: string): string {
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
  <licenses>
    <license>
      <name>Apache-2.0</name>
      <url>https://www.apache.org/licenses/LICENSE-2.0</url>
    </license>
  </licenses>
  <dependencies>
${dependencies}  </dependencies>
</project>
`
}
