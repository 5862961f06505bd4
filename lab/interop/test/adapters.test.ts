import { serve } from '@hono/node-server'
import { createNodeCrypto } from '@assay/guard/node'
import express from 'express'
import fastify from 'fastify'
import * as hono from 'hono'
import { afterAll, expect, test } from 'vitest'
import {
  authRequest,
  notInFastify,
  notInHono,
  onExpressApp,
  onFastifyApp,
  onHonoApp,
  onNode,
} from '../src/frameworks/adapters.ts'
import { readRequests } from '@assay/vectors/requests'
import { checkOverHttp, type Adapter } from '@assay/vectors/requests'

// As for its users, Hono's server puts a `Request` and a `Response` of its own in the place of the engine's.
const { Request, Response } = globalThis
afterAll(() => void Object.assign(globalThis, { Request, Response }))

const adapters: readonly [string, Adapter][] = [
  ['node:http', onNode],
  ['guard serve', authRequest],
  ['Express 5', onExpressApp(express)],
  ['Fastify 5', onFastifyApp(fastify, notInFastify)],
  ['Hono 4', onHonoApp(hono, serve, notInHono)],
]

/** All that is about fields and targets or left out by an adapter, and the first case of each group and code: `npm run conformance` runs all of them. */
const leftOut = new Set(adapters.flatMap(([, adapter]) => adapter.leavesOut))
const seen = new Set<string>()
const cases = readRequests().filter(({ id, output }) => {
  const [group = ''] = id.split(':')
  const marks = [group, ...output.map(({ code }) => code)]
  const isNew = marks.some((mark) => !seen.has(mark))
  for (const mark of marks) seen.add(mark)
  return isNew || group === 'request' || leftOut.has(id)
})

test.each(adapters)('%s answers as the file says', async (_, adapter) => {
  const results = await checkOverHttp(cases, adapter, createNodeCrypto())
  expect(results.filter(({ fault }) => fault !== undefined)).toEqual([])
  expect(results.length).toBe(cases.length)
  expect(
    results
      .filter(({ skipped }) => skipped !== undefined)
      .map(({ name }) => name)
      .sort(),
  ).toEqual([...adapter.leavesOut].sort())
})

test('an answer that differs in one field, or is not given by the guard, fails', async () => {
  const [first] = cases
  const [decision] = first?.output ?? []
  if (first === undefined || decision === undefined) throw new Error('there are no cases')
  for (const change of [{ status: 403 }, { answer: 'invalid_token' }, { fields: {} }]) {
    const results = await checkOverHttp([{ ...first, output: [{ ...decision, ...change }] }], onNode)
    expect(results[0]?.fault).toMatch(/in the place of/)
  }
})
