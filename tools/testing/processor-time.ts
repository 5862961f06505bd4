import { readFileSync } from 'node:fs'

/** Ticks of the kernel in a second: Linux states them so to every program, whatever its own clock does. */
const ticksPerSecond = 100

/**
 * Seconds of processor time that this process has used, with all the processes that it has waited for, and theirs. On
 * systems without `/proc` those are missing.
 */
export function processorTime(): number {
  const text = readStat()
  if (text === undefined) {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1e6
  }
  // The name of the program, in parentheses, may contain spaces. utime, stime, cutime and cstime are fields 14 to 17.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / ticksPerSecond
}

function readStat(): string | undefined {
  try {
    return readFileSync('/proc/self/stat', 'utf8')
  } catch {
    return undefined
  }
}
