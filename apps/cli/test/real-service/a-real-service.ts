import { EventEmitter } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { PassThrough } from 'node:stream'
import type { DeviceOptions } from '@assay/testkit'
import { run } from '../../src/program/run.ts'
import { cli } from '../fake-service.ts'

export type Scripts = Readonly<Record<string, string>>

/** `assay init` and `assay serve` over a folder of its own, in this process. */
export interface RealService {
  readonly url: string
  /** For data of tests, beside the service's own. */
  readonly folder: string
  /** One command line of its administrator. */
  assay(args: readonly string[], more?: { stdin?: string; isTTY?: boolean }): ReturnType<typeof cli>
  /** What `assay attestation watch` has written once it has shown `text`; it is stopped then. */
  watched(text: string, options: readonly string[]): Promise<string>
  close(): Promise<void>
}

/** `options` of `serve`, given the folder. */
export async function realService(options: (folder: string) => string[] = () => []): Promise<RealService> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'assay-cli-service-'))
  const env = {
    ASSAY_DATA: path.join(folder, 'data'),
    ASSAY_SEALING_KEY_FILE: path.join(folder, 'sealing.key'),
  }
  const { stdout } = await cli(['init', '--json'], env)
  const { admin_key: key } = JSON.parse(stdout) as { admin_key: string }
  const signals = new EventEmitter()
  const err = new PassThrough()
  const ended = run(
    ['serve', '--port', '0', '--log-level', 'silent', ...options(folder)],
    { out: new PassThrough(), err },
    env,
    signals,
  )
  const url = await addressIn(err)
  return {
    url,
    folder,
    assay: (args, more) => cli(args, { ...env, ASSAY_URL: url, ASSAY_API_KEY: key }, more),
    async watched(text, options) {
      const [out, stop] = [new PassThrough(), new EventEmitter()]
      let written = ''
      out.on('data', (chunk: Buffer) => {
        written += chunk.toString()
        if (written.includes(text)) stop.emit('SIGINT')
      })
      const args = ['attestation', 'watch', '--server', url, ...options]
      await run(args, { out, err: new PassThrough() }, { ASSAY_API_KEY: key }, stop)
      return written
    },
    async close() {
      signals.emit('SIGTERM')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function addressIn(err: PassThrough): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    err.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      const url = /Attestation service at (\S+)\. /.exec(said)?.[1]
      if (url !== undefined) resolve(url)
      else if (said.includes('error:')) reject(new Error(said))
    })
  })
}

/** Writes a web build, and returns its folder. */
export function writeScripts(folder: string, scripts: Scripts): string {
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of Object.entries(scripts)) writeFileSync(path.join(folder, name), text)
  return folder
}

/** A web build as the SDK in it reads it. */
export function imageOf(scripts: Scripts): Exclude<DeviceOptions['apk'], Buffer> {
  const bytes = new Map(Object.entries(scripts).map(([name, text]) => [name, Buffer.from(text)]))
  return {
    segments: [...bytes].map(([name, { length }]) => ({ name, kind: 'script', length })),
    read: (name, offset, length) => (bytes.get(name) as Buffer).subarray(offset, offset + length),
  }
}
