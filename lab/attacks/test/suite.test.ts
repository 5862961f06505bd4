import { catalogue } from '../src/catalogue.ts'
import { testEach } from './each-attack.ts'
import { smoke } from './smoke.ts'

// In a run with the smoke test, its attacks are left to it: nothing runs twice.
const isSmokeRun = process.env['ASSAY_SMOKE_RUNS'] === '1'
await testEach(catalogue.filter(({ id }) => !isSmokeRun || !smoke.includes(id)))
