/** Observes how long a step took, in seconds, whether it succeeded or not. */
export type ObserveTime<Step extends string> = (step: Step, seconds: number) => void

export interface Timed<Step extends string> {
  time<Result>(step: Step, work: () => Promise<Result>): Promise<Result>
  /** From now on the observer learns each time. There is one: a later one takes its place. */
  follow(observe: ObserveTime<Step>): void
}

/**
 * Measures steps for an observer that comes later than what is measured. Without one no clock is read.
 *
 * @param clock milliseconds that only increase
 */
export function createTimed<Step extends string>(clock = () => performance.now()): Timed<Step> {
  let observe: ObserveTime<Step> | undefined
  const measured = async <Result>(
    step: Step,
    work: () => Promise<Result>,
    observed: ObserveTime<Step>,
  ): Promise<Result> => {
    const began = clock()
    try {
      return await work()
    } finally {
      observed(step, (clock() - began) / 1000)
    }
  }
  return {
    time: (step, work) => (observe === undefined ? work() : measured(step, work, observe)),
    follow(next) {
      observe = next
    },
  }
}
