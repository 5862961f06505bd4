/** Milliseconds between two looks. */
const lookEvery = 20

/** Megabytes of the heap, and of what lies outside it, such as the bodies of answers. */
function used(): number {
  const { heapUsed, external } = process.memoryUsage()
  return (heapUsed + external) / 1024 / 1024
}

/** By how many megabytes the heap has grown at most since `start`. */
export function watchHeap(): { start(): void; stop(): number } {
  let before = 0
  let most = 0
  let timer: NodeJS.Timeout | undefined
  const look = () => {
    most = Math.max(most, used())
  }
  return {
    start() {
      before = most = used()
      timer = setInterval(look, lookEvery)
    },
    stop() {
      look()
      clearInterval(timer)
      return most - before
    },
  }
}
