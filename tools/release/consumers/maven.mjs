import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { NotRun } from '../not-run.mjs'
import { run } from './npm.mjs'

const program = `import dev.assay.core.client.SDK
import dev.assay.core.request.isRedirect

fun main() {
    check(isRedirect(302))
    println(SDK)
}
`

/** Google's library, in whose place Assay's own tests have stubs: its repository is not everywhere in reach. */
const withoutGoogle = `<exclusions>
        <exclusion><groupId>com.google.android.play</groupId><artifactId>integrity</artifactId></exclusion>
      </exclusions>`

const pom = (repository, version) => {
  const dependency = (artifact, more = '') => `    <dependency>
      <groupId>dev.assay</groupId>
      <artifactId>${artifact}</artifactId>
      <version>${version}</version>
      ${more}
    </dependency>`
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>com.example</groupId>
  <artifactId>consumer</artifactId>
  <version>1</version>
  <repositories>
    <repository>
      <id>release</id>
      <url>${repository}</url>
      <releases><checksumPolicy>fail</checksumPolicy></releases>
    </repository>
  </repositories>
  <dependencies>
${['assay-core', 'assay-okhttp', 'assay-ktor'].map((each) => dependency(each)).join('\n')}
${dependency('assay-android', '<type>aar</type>')}
${dependency('assay-play-integrity', withoutGoogle)}
  </dependencies>
  <build>
    <sourceDirectory>src</sourceDirectory>
    <plugins>
      <plugin>
        <groupId>org.jetbrains.kotlin</groupId>
        <artifactId>kotlin-maven-plugin</artifactId>
        <version>2.2.21</version>
        <executions><execution><goals><goal>compile</goal></goals></execution></executions>
      </plugin>
    </plugins>
  </build>
</project>
`
}

/** What a Kotlin program needs, it gets from the folder by its file URL; a checksum that is wrong ends the build. */
export function mavenConsumer({ folder, place, release }) {
  if (spawnSync('mvn', ['--version']).status !== 0) throw new NotRun('there is no Maven with a JDK')
  mkdirSync(path.join(place, 'src'))
  writeFileSync(path.join(place, 'src/Main.kt'), program)
  writeFileSync(
    path.join(place, 'pom.xml'),
    pom(pathToFileURL(path.join(folder, 'maven')).href, release.version),
  )
  const classpath = path.join(place, 'classpath')
  // Ours are resolved anew; packages of others may come from the user's own repository.
  const args = [
    ...['--batch-mode', '--no-transfer-progress', `-Dmaven.repo.local=${path.join(place, 'repository')}`],
    `-Dmaven.repo.local.tail=${path.join(os.homedir(), '.m2/repository')}`,
    ...['compile', 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath'],
    `-Dmdep.outputFile=${classpath}`,
  ]
  const problems = run('mvn', 'mvn', args, place)
  if (problems.length > 0) return problems
  const jars = readFileSync(classpath, 'utf8').trim()
  const started = ['-cp', `${path.join(place, 'target/classes')}${path.delimiter}${jars}`, 'MainKt']
  const { stdout, stderr } = spawnSync('java', started, { encoding: 'utf8' })
  const expected = `assay-android/${release.version}`
  return stdout.trim() === expected ? [] : [`it prints not ${expected} but ${stdout}${stderr}`]
}
