/**
 * The parts of the tests, which `test-parts.json` lists: `npm test` runs the part `ordinary`, `npm run check:release` the part `release`, and `npm run
 * test:all` all of them, or those that are named. A file that the list does not have is ordinary, too. The others state what takes long in them;
 * of ordinary ones the list has those that start first.
 */
import { readFileSync } from 'node:fs'
import path from 'node:path'

/** @type {Readonly<Record<string, Readonly<Record<string, string>>>>} by the name of a part: its files, and what takes long in each */
export const testParts = JSON.parse(readFileSync(path.join(import.meta.dirname, 'test-parts.json'), 'utf8'))

const ordinary = 'ordinary'
/** Stands for the parts that neither `npm test` nor `npm run check:release` runs. */
const rest = 'rest'

const filesOf = (names, parts) => names.flatMap((name) => Object.keys(parts[name]))
const namesOfRest = (parts) => Object.keys(parts).filter((name) => name !== ordinary && name !== 'release')

/**
 * Reads arguments of `tools/test.mjs`: names of parts, then what vitest gets.
 *
 * @throws TypeError for a word that is neither a part nor a path
 */
export function planRun(args, parts = testParts) {
  const known = [...Object.keys(parts), rest]
  const end = args.findIndex((arg) => !known.includes(arg))
  const [names, forwarded] = end === -1 ? [args, []] : [args.slice(0, end), args.slice(end)]
  if (/^\w[\w-]*$/.test(forwarded[0] ?? ''))
    throw new TypeError(`There is no part ${forwarded[0]}. The parts are: ${known.join(', ')}.`)
  const all = Object.keys(parts)
  const chosen = new Set(
    names.length === 0 ? all : names.flatMap((name) => (name === rest ? namesOfRest(parts) : [name])),
  )
  const others = all.filter((name) => !chosen.has(name))
  const files = chosen.has(ordinary)
    ? filesOf(others, parts).flatMap((file) => ['--exclude', file])
    : filesOf([...chosen], parts)
  return {
    vitestArgs: [...files, ...forwarded],
    /** Whether this run, or the one that it follows, has the smoke test of the attacks. */
    hasSmoke: chosen.has(ordinary) || names.includes(rest),
    isOrdinary: chosen.size === 1 && chosen.has(ordinary),
  }
}

/** The line about what `npm test` leaves out. */
export function describeRest(parts = testParts) {
  const names = Object.keys(parts).filter((name) => name !== ordinary)
  return `npm run test:all adds ${names.join(', ')} (${filesOf(names, parts).length} files)`
}
