import path from 'node:path'
import { startLivelyService } from './lively-service.ts'
import { takeScreenshots } from './screenshots.ts'

/** `npm run screenshots [-- FOLDER]`: pictures of every page of the console, by default into docs/images/console. */
const folder = path.resolve(
  process.env['INIT_CWD'] ?? '.',
  process.argv[2] ?? path.resolve(import.meta.dirname, '../../../docs/images/console'),
)
const service = await startLivelyService({ minutes: 60 })
try {
  const files = await takeScreenshots(service, folder)
  process.stdout.write(`${files.length} pictures in ${folder}\n`)
} finally {
  await service.close()
}
