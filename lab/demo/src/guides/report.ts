import type { Step } from './parse-guide.ts'
import type { Outcome } from './reader.ts'

/** Prints how a step went. @returns whether it failed; with ASSAY_REQUIRE_ALL=1 also if it was not run */
export function reportStep(where: string, step: Step, outcome: Outcome): boolean {
  if (outcome.ok === true) {
    console.log(`ok ${where} ${titleOf(step)}`)
    return false
  }
  if (outcome.ok === 'not run') {
    console.log(`not run: ${where}: ${outcome.reason}`)
    return process.env.ASSAY_REQUIRE_ALL === '1'
  }
  console.log(`FAILED ${where} ${titleOf(step)}\n${outcome.reason}`)
  return true
}

function titleOf(step: Step): string {
  switch (step.kind) {
    case 'shell':
      return step.text.split('\n').find((line) => line !== '' && !line.startsWith('#')) ?? ''
    case 'file':
      return `save ${step.name}`
    case 'open':
      return `open ${step.url}`
    case 'stop':
      return `Ctrl-C in the ${step.terminal} terminal`
  }
}
