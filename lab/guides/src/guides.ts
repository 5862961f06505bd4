import { existsSync } from 'node:fs'

/** A guide whose steps are carried out. */
export interface Guide {
  /** File name under `docs/guides`, without `.md`. */
  name: string
  /** The guide that it continues: what that one left running and lying about, this one uses. */
  after?: 'quickstart'
  /** Whether it needs what it continues as that left it, untouched by other guides: it is followed in a place of its own. */
  alone?: true
  /** What it cannot be followed without, and not every machine can have. */
  needs?: 'docker' | 'Maven' | 'PostgreSQL and Valkey' | undefined
}

/** Debian's packages, whose programs that guide names. */
function unlessInstalled(): Guide['needs'] {
  const programs = ['/usr/bin/pg_virtualenv', '/usr/bin/valkey-server']
  return programs.every((program) => existsSync(program)) ? undefined : 'PostgreSQL and Valkey'
}

/** In the order in which they are followed. */
export const guides: readonly Guide[] = [
  { name: 'quickstart' },
  { name: 'protect-an-express-api', after: 'quickstart' },
  { name: 'roll-out', after: 'quickstart' },
  { name: 'try-before-enforcing', after: 'quickstart' },
  { name: 'develop-and-test', after: 'quickstart' },
  { name: 'watch-the-fleet', after: 'quickstart' },
  { name: 'web-app', after: 'quickstart' },
  { name: 'vite-react', after: 'quickstart' },
  { name: 'provenance-in-a-pipeline', after: 'quickstart' },
  { name: 'hardware-evidence', after: 'quickstart' },
  { name: 'console', after: 'quickstart' },
  { name: 'more-than-one-machine', after: 'quickstart', alone: true, needs: unlessInstalled() },
  { name: 'container', needs: 'docker' },
  { name: 'react-native', needs: 'Maven' },
]
