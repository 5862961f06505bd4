import { createNodeCrypto } from '@assay/guard/node'
import { linesOf } from '@assay/testkit/lines'
import type { RequestCase } from '../form/request-case.ts'
import { answerCase } from './answer-case.ts'

/** The guard as a runner (`packages/shared/vectors/README.md`): a case in each line of standard input, its decisions in a line of standard output. */

interface Question {
  readonly id: string
  readonly family: string
  readonly input: RequestCase['input']
}

const crypto = createNodeCrypto()

for await (const line of linesOf(process.stdin)) {
  const { id, family, input } = JSON.parse(line) as Question
  const answer = family === 'requests' ? await answerCase(input, crypto) : { skipped: 'another family' }
  process.stdout.write(`${JSON.stringify({ id, ...answer })}\n`)
}
