/** Opens the data folder of its argument, says so, and waits to be killed. */
import { openDatabase } from '../../../src/storage/index.ts'

const [folder = ''] = process.argv.slice(2)
await openDatabase({ kind: 'sqlite', folder })
process.stdout.write('open\n')
setInterval(() => undefined, 1000)
