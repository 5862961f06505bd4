import path from 'node:path'
import { measureFirstPaint } from './first-paint.ts'
import { startLivelyService } from './lively-service.ts'
import { takeScreenshots } from './screenshots.ts'

/**
 * `npm run screenshots [-- FOLDER]`: pictures of every page of the console, by default into docs/images/console.
 *
 * `npm run screenshots -- --first-paint`: how soon the console shows something on a slow network.
 */
const [argument = path.resolve(import.meta.dirname, '../../../docs/images/console')] = process.argv.slice(2)
const isPaint = argument === '--first-paint'
const service = await startLivelyService({ minutes: isPaint ? 0 : 60 })
try {
  if (isPaint) {
    const paint = await measureFirstPaint(service)
    process.stdout.write(`first contentful paint: ${Math.round(paint)} ms at a latency of 2000 ms\n`)
  } else {
    const folder = path.resolve(process.env['INIT_CWD'] ?? '.', argument)
    const files = await takeScreenshots(service, folder)
    process.stdout.write(`${files.length} pictures in ${folder}\n`)
  }
} finally {
  await service.close()
}
