import type { EvidencePurpose } from '@assay/protocol'
import type { Tables } from '@assay/service/tables'
import { expect, test } from 'vitest'
import { missingRoutes } from '../../../src/bench/operators/routes.ts'
import { insertOne, type Columns, type ColumnsOf } from '../../../src/bench/store/inserts.ts'
import { purposes } from '../../../src/bench/worst-case/costly-inputs.ts'

const signer: Columns<'app_signers'> = { app: 'com.example', sha256: 'aa' }

test('a planted column does not compile where rows are inserted', () => {
  // @ts-expect-error: `planted` is missing
  const columns: ColumnsOf<Tables['app_signers'] & { planted: string }> = signer
  expect(insertOne('app_signers', columns)).toContain("(app, sha256)  select 'com.example', 'aa'")
})

test('a planted purpose does not compile until challenges for it are measured', () => {
  // @ts-expect-error: `planted` is missing
  const all: { readonly [Purpose in EvidencePurpose | 'planted']: Purpose } = purposes
  expect(Object.keys(all)).toEqual(Object.keys(purposes))
})

test('a planted route of operators is missing until it is measured', () => {
  const document = {
    paths: {
      '/v1/apps': { get: { security: [{}] }, post: { security: [{}] } },
      '/v1/planted': { get: { security: [{}] } },
      '/openapi.json': { get: { security: [] } },
    },
  }
  expect(missingRoutes(document, [{ route: 'GET /v1/apps' }])).toEqual(['GET /v1/planted'])
  expect(missingRoutes(document, [{ route: 'GET /v1/apps' }, { route: 'GET /v1/planted' }])).toEqual([])
})
