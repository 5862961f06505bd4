import path from 'node:path'
import { parseArgs } from 'node:util'
import { measureFirstPaint } from './first-paint.ts'
import { startLivelyService } from './lively-service.ts'
import { takeLookbook } from './lookbook.ts'
import { takeScreenshots } from './screenshots.ts'

/**
 * `npm run screenshots [-- FOLDER]`: pictures of every page of the console, by default into docs/images/console.
 *
 * `npm run screenshots -- --lookbook FOLDER`: pictures of every page, dialog and rare state, to look at, not to publish.
 *
 * `npm run screenshots -- --first-paint`: how soon the console shows something on a slow network.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'first-paint': { type: 'boolean', default: false }, lookbook: { type: 'string' } },
})
const published = path.resolve(import.meta.dirname, '../../../../docs/images/console')
const isPaint = values['first-paint']
const service = await startLivelyService({ minutes: isPaint ? 0 : 60 })
try {
  if (isPaint) {
    const paint = await measureFirstPaint(service)
    process.stdout.write(`first contentful paint: ${Math.round(paint)} ms at a latency of 2000 ms\n`)
  } else {
    const folder = path.resolve(
      process.env['INIT_CWD'] ?? '.',
      values.lookbook ?? positionals[0] ?? published,
    )
    const take = values.lookbook === undefined ? takeScreenshots : takeLookbook
    const files = await take(service, folder)
    process.stdout.write(`${files.length} pictures in ${folder}\n`)
  }
} finally {
  await service.close()
}
