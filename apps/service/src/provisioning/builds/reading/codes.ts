import type { CodeTable } from '@assay/protocol'

/** Why a build is refused that asks too much of its reader. */
export const buildReadingCodes = {
  BUILD_READING_TIME: {
    meaning: 'Reading the build took longer than `limits.buildReading` (60 s).',
    action: 'Try again when the machine is idle. If this persists, raise the limit, or distrust the file.',
  },
  BUILD_READING_MEMORY: {
    meaning: 'Reading the build took more memory than `limits.buildMemory` (512 MiB).',
    action: 'Raise the limit, or distrust the file: memory does not grow with the size of an honest one.',
  },
} as const satisfies CodeTable
