import { linesOf } from '@assay/testkit/lines'
import type { Question } from '../driver/contract.ts'
import { answerQuestion } from './answer-question.ts'

// The TypeScript SDK as a runner: a question in each line of standard input, its answer in a line of standard output.
for await (const line of linesOf(process.stdin)) {
  process.stdout.write(`${JSON.stringify(await answerQuestion(JSON.parse(line) as Question))}\n`)
}
