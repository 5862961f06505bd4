/**
 * Loaded before the command, this makes it fail as `ASSAY_PLANTED` says: `expectation` has the first case of each vector file expect
 * something that no subject answers, `request` has each fourth HTTP request of the command throw, and `mess` leaves a variable,
 * a global and a server behind with the first request.
 */
import fs from 'node:fs'
import http from 'node:http'
import { syncBuiltinESMExports } from 'node:module'

const planted = process.env['ASSAY_PLANTED']
let requests = 0

function onRequest() {
  requests += 1
  if (planted === 'request' && requests % 4 === 0) throw new Error('planted')
  if (planted !== 'mess' || requests > 1) return
  process.env['NODE_ENV'] = 'production'
  globalThis.planted = true
  http.createServer().listen(0, '127.0.0.1')
}

const { fetch } = globalThis
globalThis.fetch = async (...args) => {
  onRequest()
  return fetch(...args)
}
const { request } = http
http.request = (...args) => {
  onRequest()
  return request(...args)
}
const { readFileSync } = fs
if (planted === 'expectation') {
  fs.readFileSync = (file, ...args) => {
    const content = readFileSync(file, ...args)
    if (!/packages\/shared\/vectors\/[a-z-]+\.json$/.test(String(file))) return content
    const vectors = JSON.parse(String(content))
    const first = vectors.cases.find(({ output }) => output !== undefined)
    if (first !== undefined)
      first.output = first.input.steps?.map(() => ({ status: 299, fields: {} })) ?? 'planted'
    return JSON.stringify(vectors)
  }
}
syncBuiltinESMExports()
