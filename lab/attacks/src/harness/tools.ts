import { createServer } from 'node:net'
import { accessSync, constants, existsSync } from 'node:fs'
import path from 'node:path'
import { hasValkey } from '@assay/testkit'
import type { Attack, Tool } from '../attack/attack.ts'

/** An attack that this machine cannot carry out. */
export interface NotRun {
  id: string
  /** The missing tools. */
  missing: Tool
}

/** Separates attacks that this machine can carry out from the others. */
export async function sortByTools(
  attacks: readonly Attack[],
): Promise<{ runnable: Attack[]; notRun: NotRun[] }> {
  const needed = [...new Set(attacks.flatMap(({ needs = [] }) => needs))]
  const missing = new Set<Tool>()
  for (const tool of needed) if (!(await isHere[tool]())) missing.add(tool)
  const runnable: Attack[] = []
  const notRun: NotRun[] = []
  for (const attack of attacks) {
    const lacking = attack.needs?.find((tool) => missing.has(tool))
    if (lacking === undefined) runnable.push(attack)
    else notRun.push({ id: attack.id, missing: lacking })
  }
  return { runnable, notRun }
}

const isHere: Record<Tool, () => Promise<boolean> | boolean> = {
  apktool: () => isProgram('apktool'),
  apksigner: () => isProgram('apksigner'),
  caddy: () => isProgram('caddy'),
  promtool: () => isProgram('promtool'),
  haproxy: () => existsSync('/usr/sbin/haproxy'),
  nginx: () => existsSync('/usr/sbin/nginx'),
  'valkey-server': hasValkey,
  'loopback-networks': () =>
    new Promise((resolve) => {
      const server = createServer()
      server.once('error', () => resolve(false))
      server.listen(0, '127.66.0.1', () => server.close(() => resolve(true)))
    }),
}

function isProgram(name: string): boolean {
  return (process.env['PATH'] ?? '').split(path.delimiter).some((folder) => {
    try {
      accessSync(path.join(folder, name), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
