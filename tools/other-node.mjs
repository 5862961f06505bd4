/**
 * `node tools/other-node.mjs 24 COMMAND…` runs a command on another Node, which npm's package `node` brings. On Node 20 the driver
 * of SQLite is compiled for it first, where no binary of it can be fetched.
 */
import { spawn } from 'node:child_process'
import path from 'node:path'
import { installed } from './installed.mjs'

/** The version of each major that is tried, newest last. Image, unit and CI are on 24. */
export const nodeVersions = { 20: '20.20.2', 22: '22.23.3', 24: '24.21.0', 26: '26.10.0' }

/**
 * The program of a Node; this one, if it has that version.
 *
 * @param {keyof typeof nodeVersions} major
 * @returns {Promise<string>}
 */
export async function nodeProgram(major) {
  const version = nodeVersions[major]
  if (process.versions.node === version) return process.execPath
  return path.join(await installed(`node-${major}`, { node: version }), 'node_modules/node/bin/node')
}

/** @param {string} program @param {readonly string[]} command @returns {Promise<number>} its exit code */
function runOn(program, [name, ...args]) {
  const PATH = `${path.dirname(program)}${path.delimiter}${process.env.PATH}`
  const child = spawn(name, args, { stdio: 'inherit', env: { ...process.env, PATH } })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code ?? 1))
  })
}

if (process.argv[1] === import.meta.filename) {
  const [major, ...command] = process.argv.slice(2)
  if (!(major in nodeVersions) || command.length === 0) {
    console.error(`node tools/other-node.mjs ${Object.keys(nodeVersions).join('|')} COMMAND…`)
    process.exit(2)
  }
  const program = await nodeProgram(major)
  const prepared = major === '20' ? await runOn(program, ['npm', 'rebuild', 'better-sqlite3-12']) : 0
  process.exitCode = prepared === 0 ? await runOn(program, command) : prepared
}
