import { readFileSync } from 'node:fs'
import { createNodeCrypto } from '@assay/guard/node'
import type { RequestCase } from '@assay/vectors/requests'
import { checkCases } from '@assay/vectors/check-cases'

/** The program for Node, Bun and Deno: reads cases from a file and writes results to standard output. */

const [file = '', withNodeCrypto] = process.argv.slice(2)
const cases = JSON.parse(readFileSync(file, 'utf8')) as RequestCase[]
const results = await checkCases(cases)
if (withNodeCrypto === 'node-crypto') {
  for (const { name, fault } of await checkCases(cases, createNodeCrypto()))
    results.push({ name: `${name}, by node:crypto`, fault })
}
console.log(JSON.stringify(results))
