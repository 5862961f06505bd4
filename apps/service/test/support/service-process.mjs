// Runs the built service until it is killed. Argument: its configuration as JSON, the sealing key in hex.
import { startService } from '../../dist/index.js'

const { sealingKey, ...config } = JSON.parse(process.argv[2])
const { url } = await startService({ ...config, sealingKey: Buffer.from(sealingKey, 'hex') })
process.send({ url })
