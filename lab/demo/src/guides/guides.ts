import { existsSync } from 'node:fs'
import path from 'node:path'

/** A guide that is followed step by step. */
export interface Guide {
  /** File name under `docs/guides`, without `.md`. */
  name: string
  /** The guide that it continues: it uses the processes and files of that guide. */
  after?: 'quickstart' | 'next'
  /** Whether no other guide may change the state of the guide that it continues: it is then followed in a separate place. */
  alone?: true
  /** Whether it is followed only with `--all`: frameworks take minutes to install and to build. */
  long?: true
  /** Whether its framework needs a newer Node than 20: on an older one npm's `node` is used. */
  needsNode24?: true
  /** Its requirements that not every machine can meet. */
  needs?: 'docker' | 'Maven' | 'nginx' | 'systemd and root' | 'PostgreSQL and Valkey' | undefined
}

/** Debian packages with the programs that the guide names. */
function unlessInstalled(): Guide['needs'] {
  const programs = ['/usr/bin/pg_virtualenv', '/usr/bin/valkey-server']
  return programs.every((program) => existsSync(program)) ? undefined : 'PostgreSQL and Valkey'
}

function unlessMaven(): Guide['needs'] {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter)
  return folders.some((folder) => existsSync(path.join(folder, 'mvn'))) ? undefined : 'Maven'
}

function unlessNginx(): Guide['needs'] {
  return existsSync('/usr/sbin/nginx') ? undefined : 'nginx'
}

/** In the order in which they are followed. */
export const guides: readonly Guide[] = [
  { name: 'quickstart' },
  { name: 'protect-an-express-api', after: 'quickstart' },
  { name: 'roll-out', after: 'quickstart' },
  { name: 'try-before-enforcing', after: 'quickstart' },
  { name: 'develop-and-test', after: 'quickstart' },
  { name: 'watch-the-fleet', after: 'quickstart' },
  { name: 'help-a-user', after: 'quickstart' },
  { name: 'web-app', after: 'quickstart' },
  { name: 'vite-react', after: 'quickstart' },
  { name: 'pwa', after: 'quickstart', long: true },
  { name: 'next', after: 'quickstart' },
  { name: 'plain-page', after: 'quickstart' },
  { name: 'next-server', after: 'next', long: true },
  { name: 'sveltekit', after: 'quickstart', long: true, needsNode24: true },
  { name: 'nuxt', after: 'quickstart', long: true, needsNode24: true },
  { name: 'angular', after: 'quickstart', long: true, needsNode24: true },
  { name: 'astro', after: 'quickstart', long: true, needsNode24: true },
  { name: 'provenance-in-a-pipeline', after: 'quickstart' },
  { name: 'play-generated-apks', after: 'quickstart', alone: true, long: true },
  { name: 'gateways', after: 'quickstart', needs: unlessNginx() },
  { name: 'no-secret-in-the-app', after: 'quickstart' },
  { name: 'ai-from-an-app', after: 'quickstart', alone: true, long: true },
  { name: 'hardware-evidence', after: 'quickstart' },
  { name: 'console', after: 'quickstart' },
  { name: 'oauth-server', after: 'quickstart', alone: true, long: true },
  { name: 'spring-boot', after: 'quickstart', alone: true, long: true, needs: unlessMaven() },
  { name: 'node-frameworks', after: 'quickstart', alone: true, long: true },
  { name: 'workers', after: 'quickstart', alone: true, long: true, needsNode24: true },
  { name: 'more-than-one-machine', after: 'quickstart', alone: true, needs: unlessInstalled() },
  { name: 'container', needs: 'docker' },
  { name: 'systemd', needs: 'systemd and root' },
  { name: 'react-native', needs: 'Maven' },
]
