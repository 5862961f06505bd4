import { once } from 'node:events'
import { setStage } from './stage/stage.ts'

/** `npm run cluster`: three nodes on a private PostgreSQL and Valkey behind HAProxy, until Ctrl-C. */
const tell = (line: string) => void process.stdout.write(`${line}\n`)
const running = await setStage({ store: 'cluster', tell })
if (running === undefined) {
  tell('not run: a cluster needs PostgreSQL, Valkey and HAProxy (Debian: postgresql valkey-server haproxy)')
  process.exitCode = process.env['ASSAY_REQUIRE_ALL'] === '1' ? 1 : 0
} else {
  const { cluster } = running.stage
  tell(`HAProxy    ${cluster.url}`)
  for (const [i, { url }] of cluster.nodes.entries()) tell(`node ${i}     ${url}`)
  tell(`Valkey     ${cluster.valkey.url}`)
  tell(`PostgreSQL ${running.stage.postgres.connectionString}`)
  tell('Stop it with Ctrl-C.')
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  await running.close()
}
