import { createNodeCrypto } from '@assay/guard/node'
import { linesOf } from '@assay/testkit/lines'
import type { RequestCase } from '../form/request-case.ts'
import { runCase } from './run-case.ts'

/** The guard as a runner (`packages/shared/vectors/README.md`): a case in each line of standard input, its decisions in a line of standard output. */

interface Question {
  readonly id: string
  readonly family: string
  readonly input: RequestCase['input']
}

const crypto = createNodeCrypto()

async function answerTo({ family, input }: Question): Promise<object> {
  if (family !== 'requests') return { skipped: 'another family' }
  try {
    return { output: await runCase(input, { crypto }) }
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ERR_INVALID_ARG_VALUE') return { error: 'MISUSE' }
    throw fault
  }
}

for await (const line of linesOf(process.stdin)) {
  const question = JSON.parse(line) as Question
  process.stdout.write(`${JSON.stringify({ id: question.id, ...(await answerTo(question)) })}\n`)
}
