import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { publishedPackages } from '../published.mjs'

const root = path.resolve(import.meta.dirname, '../..')
const folder = path.join(root, '.github/workflows')
const read = (file) => readFileSync(path.join(root, file), 'utf8')
const workflows = Object.fromEntries(
  readdirSync(folder)
    .filter((file) => file.endsWith('.yml'))
    .map((file) => [file, parse(read(`.github/workflows/${file}`))]),
)
const stepsOf = ({ jobs }) => Object.values(jobs).flatMap(({ steps }) => steps)

/** `npm run check`, `npm run fuzz -- --short`, … @returns {string[]} */
function commandsIn(text) {
  return [
    ...text.matchAll(/\bnpm (?:run (?:--silent )?(?=[a-z])|(?=test\b))([a-z:]+)((?: -- [^\n"]*)?)/g),
  ].map(([, script, args]) => `${script}${args}`.trim())
}

test('the parallel jobs run what .ci/run runs, with the same arguments', () => {
  // The vectors lie beside the repository on some machines, and are not in it.
  const expected = commandsIn(read('.ci/run')).filter((command) => !command.startsWith('vectors'))
  expect(expected.some((command) => command.startsWith('test'))).toBe(true)
  expect(expected.length).toBeGreaterThan(8)
  const jobs = workflows['ci.yml'].jobs.linux.strategy.matrix.include
  expect(commandsIn(jobs.map(({ commands }) => commands).join('\n')).sort()).toEqual(expected.sort())
})

test('a command that is missing, or has other arguments, would be seen', () => {
  expect(commandsIn('A=1 npm run --silent fuzz -- --short\nnpm test\nnpm ci --x\n')).toEqual([
    'fuzz -- --short',
    'test',
  ])
})

test('Xcode builds the Swift package for devices and for the simulator', () => {
  const runs = workflows['ci.yml'].jobs.xcode.steps.map(({ run }) => run ?? '').join('\n')
  for (const platform of ['iOS', 'iOS Simulator'])
    expect(runs).toContain(`xcodebuild build -scheme Assay -destination 'generic/platform=${platform}'`)
})

test('the list of what is pinned names every action, its commit, and where it is used', () => {
  const used = new Map()
  for (const [file, workflow] of Object.entries(workflows))
    for (const { uses } of stepsOf(workflow).filter(({ uses }) => uses !== undefined))
      used.set(uses, [...new Set([...(used.get(uses) ?? []), file])])
  const rows = [...used].map(([uses, files]) => {
    const [action, commit] = uses.split('@')
    expect(commit, uses).toMatch(/^[0-9a-f]{40}$/)
    return `| \`${action}\` | ${commit} | ${files.map((file) => `\`${file}\``).join(', ')} |`
  })
  const listed = read('.github/workflows/README.md').match(/^\| `[a-z-]+\/.*$/gm)
  expect(listed).toEqual(rows.sort())
})

test.each(Object.keys(workflows))(
  '%s: says that it has never run, and gives no job more than it needs',
  (file) => {
    expect(read(`.github/workflows/${file}`)).toMatch(/^# Has never run/)
    expect(workflows[file].permissions).toEqual({})
    for (const job of Object.values(workflows[file].jobs)) {
      expect(job['timeout-minutes']).toBeGreaterThan(0)
      const isPublishing = job.environment === 'release'
      expect(Object.values(job.permissions).includes('write')).toBe(isPublishing)
    }
    // What a person or a pull request wrote gets into a shell through its environment only.
    for (const { run = '' } of stepsOf(workflows[file]))
      expect(run).not.toMatch(/\$\{\{\s*(?:inputs|github\.event)/)
  },
)

test('every package is published, what others depend on first, with provenance', () => {
  const run = stepsOf(workflows['release.yml']).find((step) => step.run?.includes('npm publish')).run
  expect(run).toContain('--provenance')
  const order = /for name in ([^;]*);/
    .exec(run)[1]
    .split(' ')
    .map((name) => `@assay/${name}`)
  const packages = publishedPackages(root)
  expect([...order].sort()).toEqual(packages.map(({ name }) => name).sort())
  for (const { name, manifest } of packages)
    for (const other of Object.keys(manifest.dependencies ?? {}).filter((each) => each.startsWith('@assay/')))
      expect(order.indexOf(other), `${other} before ${name}`).toBeLessThan(order.indexOf(name))
})
