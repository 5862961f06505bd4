#!/usr/bin/env node
const { spawnSync } = require('node:child_process')
const { parseArgs } = require('node:util')
const { prepareUpdate } = require('./update.cjs')

const usage = `assay-update BUNDLE|FOLDER --app ID --base BUILD [--base-format aab|apk|ipa] [--provenance-key FILE] [--out FOLDER] [--run]

Prepares an update over the air for registration: lays out its script, writes update.json, and prints the command that
registers it; with --run, runs it.
`

async function main() {
  const text = (fallback) => ({ type: 'string', ...(fallback && { default: fallback }) })
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      app: text(),
      base: text(),
      'base-format': text('aab'),
      'provenance-key': text(),
      out: text('.assay-update'),
      run: { type: 'boolean', default: false },
    },
  })
  const [from] = positionals
  if (positionals.length !== 1 || values.app === undefined || values.base === undefined)
    throw new TypeError(usage)
  const { command, ...update } = await prepareUpdate({
    from,
    out: values.out,
    app: values.app,
    base: values.base,
    baseFormat: values['base-format'],
    provenanceKey: values['provenance-key'],
  })
  if (!values.run) return void process.stdout.write(`${command.map(quoted).join(' ')}\n`)
  const [, ...args] = command
  // npm must not fetch by name what it does not find here.
  const { status } = spawnSync('npm', ['exec', '--no', '--', 'assay', ...args], { stdio: 'inherit' })
  if (status !== 0) throw new TypeError(`${update.build} was not registered`)
}

const quoted = (word) => (/^[\w./+=:@-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)

main().catch((error) => {
  process.stderr.write(`${error.message}\n`)
  process.exitCode = error instanceof TypeError || error.code?.startsWith('ERR_PARSE_ARGS') ? 2 : 1
})
