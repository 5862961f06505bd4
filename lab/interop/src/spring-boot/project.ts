import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { NotRun } from '../subject/subject.ts'

const root = path.resolve(import.meta.dirname, '../../../..')
const guide = path.join(root, 'docs/guides/spring-boot.md')
const cache = path.join(root, 'node_modules/.cache/assay-installed')

/** A line of Spring Boot, and how the files of the guide differ there, as the guide says. */
export interface SpringBoot {
  readonly line: '4.1' | '3.5'
  readonly changes: readonly (readonly [file: RegExp, from: string, to: string])[]
}

const withoutDpop = ['.dPoP(withDefaults())', ''] as const

export const springBoot41: SpringBoot = { line: '4.1', changes: [] }
export const springBoot35: SpringBoot = {
  line: '3.5',
  changes: [
    [/pom\.xml$/, '4.1.2', '3.5.16'],
    [/pom\.xml$/, 'spring-boot-starter-webmvc', 'spring-boot-starter-web'],
    [
      /pom\.xml$/,
      'spring-boot-starter-security-oauth2-resource-server',
      'spring-boot-starter-oauth2-resource-server',
    ],
    [/Security\.java$/, ...withoutDpop],
  ],
}

/**
 * The API of the guide, built by Maven once and kept: a JAR with the guide's program in `com.example.orders`, and beside it
 * the same for bearer tokens in `com.example.bearer`.
 *
 * @throws NotRun where there is no Maven, or nothing to download from
 */
export async function builtApi(version: SpringBoot): Promise<string> {
  const files = await filesOf(version)
  const key = createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 12)
  const jar = path.join(cache, `spring-boot-${version.line}-${key}.jar`)
  if (existsSync(jar)) return jar
  const folder = path.join(cache, `spring-boot-${version.line}.${process.pid}`)
  try {
    for (const [name, text] of files) {
      await mkdir(path.dirname(path.join(folder, name)), { recursive: true })
      await writeFile(path.join(folder, name), text)
    }
    await packageJar(folder)
    // Elsewhere first, so that half a file is not taken for a whole one.
    await cp(path.join(folder, 'target/orders-1.jar'), `${jar}.${process.pid}`)
    await rename(`${jar}.${process.pid}`, jar)
    return jar
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The files of the guide, as a reader saves them, and the API for bearer tokens that it describes. */
async function filesOf({ changes }: SpringBoot): Promise<[name: string, text: string][]> {
  const page = await readFile(guide, 'utf8')
  const blocks = page.matchAll(/^```(?:xml|java)\n(?:\/\/|<!--) (\S+)(?: -->)?\n([^]*?)^```$/gm)
  const files = [...blocks].map(([, name = '', text = '']): [string, string] => [name, text])
  if (files.length !== 3)
    throw new Error('the guide to Spring Boot shows other files than a POM and two classes')
  const changed = files.map(([name, text]): [string, string] => [
    name,
    changes.filter(([file]) => file.test(name)).reduce((all, [, from, to]) => replaced(all, from, to), text),
  ])
  const bearer = changed
    .filter(([name]) => name.endsWith('.java'))
    .map(([name, text]): [string, string] => [
      name.replace('/orders/', '/bearer/'),
      text.replace('package com.example.orders;', 'package com.example.bearer;').replace(...withoutDpop),
    ])
  return [...changed, ...bearer]
}

function replaced(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`the guide to Spring Boot does not say ${from}`)
  return text.replaceAll(from, to)
}

/** From Maven's own cache where that holds everything. */
async function packageJar(folder: string): Promise<void> {
  if (spawnSync('mvn', ['--version']).status !== 0) throw new NotRun('there is no Maven with a JDK')
  const args = ['--batch-mode', '--quiet', '-Dstart-class=com.example.orders.Orders', 'package']
  const first = await maven(folder, ['--offline', ...args])
  const isLacking = /offline mode|has not been downloaded/.test(first.printed)
  const { status, printed } = isLacking ? await maven(folder, args) : first
  if (status === 0) return
  if (/Could not transfer|Unknown host|Network is unreachable/.test(printed))
    throw new NotRun(`Maven cannot download what it needs: ${printed.slice(0, 300)}`)
  throw new Error(`the API of the guide does not build: ${printed.slice(-2000)}`)
}

async function maven(cwd: string, args: readonly string[]): Promise<{ status: number; printed: string }> {
  const child = spawn('mvn', args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  const status = await new Promise<number>((resolve) => {
    child.once('error', () => resolve(1))
    child.once('close', (code) => resolve(code ?? 1))
  })
  return { status, printed }
}
