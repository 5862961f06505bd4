import fc from 'fast-check'
import { readSeedOptions } from './seed.ts'

const { seed, runs } = readSeedOptions(process.env)
fc.configureGlobal({ seed, numRuns: runs })
