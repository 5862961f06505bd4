import type { Plan } from '@assay/measurement'
import { base64url, noise } from './bytes.ts'
import { epoch } from './challenge.ts'

export const seed = base64url(noise('seed', 32))

/** A plan of every operation. */
export const planOfAll: Plan = {
  v: 1,
  app: 'com.example.app',
  build: '1.0+1',
  epoch,
  seed,
  coverage: 'image',
  reads: [
    { op: 'range', segment: 0, length: 512 },
    { op: 'stride', segment: 1, length: 128, count: 4, step: 1000 },
    { op: 'walk', segment: 2, length: 128, count: 4 },
  ],
  live: { show: [], run: ['refusal.1'] },
  probes: ['os.debugger', 'os.emulator'],
}

/** As it goes over the wire. */
export function encodePlan(plan: object): string {
  return base64url(JSON.stringify(plan))
}
