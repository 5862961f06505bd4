import { truncate } from 'node:fs/promises'
import path from 'node:path'
import type { Day } from './day.ts'
import type { OperatorStage } from './stage.ts'

/** The service makes a backup while it serves; a fresh folder serves from the backup; a truncated backup is refused. */
export async function backupRows({ cli, service, folder }: OperatorStage, day: Day): Promise<void> {
  const backup = path.join(folder, 'backup')
  const before = (await cli.succeed(['app', 'list', '--json'], service.env)).stdout
  await cli.succeed(['backup', backup], service.env)
  const places = { ...service.env, ASSAY_DATA: path.join(folder, 'restored') }
  await cli.succeed(['restore', backup, '--keep-keys', '--yes'], places)
  const restored = await cli.serve(places)
  try {
    const env = { ...service.env, ASSAY_URL: restored.url }
    const { stdout } = await cli.succeed(['app', 'list', '--json'], env)
    day.row(
      'backup restored into a fresh folder',
      'the same apps',
      stdout === before ? 'the same apps' : 'others',
    )
  } finally {
    await restored.stop()
  }
  day.row(
    'restore over a live folder',
    'STORAGE_EXISTS',
    await refusal(['restore', backup, '--yes'], service.env),
  )
  await truncate(path.join(backup, 'assay.sqlite'), 4096)
  const elsewhere = { ...places, ASSAY_DATA: path.join(folder, 'elsewhere') }
  day.row(
    'backup that is cut off',
    'STORAGE_BACKUP_INCOMPLETE',
    await refusal(['restore', backup, '--yes'], elsewhere),
  )

  async function refusal(args: string[], env: Readonly<Record<string, string>>): Promise<string> {
    const { status, stderr } = await cli.run(args, env)
    return status === 0 ? 'restored' : (/\((STORAGE_[A-Z_]+)\)/.exec(stderr)?.[1] ?? stderr)
  }
}
