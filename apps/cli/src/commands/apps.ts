import type { Command } from 'commander'
import type { App } from '@assay/protocol'
import type { Context } from '../context.ts'
import { fields, table } from '../output.ts'
import { example, integer, list, type Action } from './arguments.ts'

interface AddOptions {
  platform: string
  name?: string
  package?: string
  signer?: string[]
  minVersionCode?: number
  /** `false`: none. */
  probe?: string[] | false
}

const probeHelp = 'the whole list of probes to ask; SDKs in the field answer from their next refresh on'

export function addAppCommands(program: Command, action: Action): void {
  const app = program.command('app').description('apps that may attest')
  app
    .command('add')
    .description('register an app')
    .argument('<id>', 'app id, such as com.example.app')
    .requiredOption('--platform <platform>', 'android, ios, web or node')
    .option('--name <name>', 'what people call it')
    .option('--package <package>', 'Android package name (default: the app id)')
    .option('--signer <sha256...>', 'SHA-256 (hex) of a signing certificate that builds may carry')
    .option('--min-version-code <number>', 'refuse builds with a lower version code', integer)
    .option('--probe <name...>', probeHelp)
    .option('--no-probe', 'ask no probe')
    .addHelpText('after', example('assay app add com.example.app --platform android --name "Example"'))
    .action(action((context, [id], options: AddOptions) => addApp(context, id as string, options)))
  app
    .command('list')
    .description('list the registered apps')
    .action(action(async (context) => listApps(context)))
  app
    .command('update')
    .description('change an app')
    .argument('<id>')
    .option('--name <name>')
    .option('--signer <sha256...>', 'the whole list of signing certificates that builds may carry')
    .option('--min-version-code <number>', 'refuse builds with a lower version code', integer)
    .option('--probe <name...>', probeHelp)
    .option('--no-probe', 'ask no probe from their next refresh on')
    .action(action((context, [id], options: AddOptions) => updateApp(context, id as string, options)))
  app
    .command('remove')
    .description('remove an app and its builds; its devices get no more tokens')
    .argument('<id>')
    .action(action((context, [id]) => removeApp(context, id as string)))
}

async function addApp({ output, service }: Context, id: string, options: AddOptions): Promise<void> {
  const created = (await service.post('v1/apps', {
    id,
    platform: options.platform,
    name: options.name,
    package: options.package,
    signers: options.signer,
    min_version_code: options.minVersionCode,
    probes: options.probe === false ? [] : options.probe,
  })) as App
  output.result(created, () => `${describe(created)}\n\nNext: assay build add FILE --app ${created.id}`)
}

async function updateApp({ output, service }: Context, id: string, options: AddOptions): Promise<void> {
  const updated = (await service.patch(`v1/apps/${encodeURIComponent(id)}`, {
    name: options.name,
    signers: options.signer,
    min_version_code: options.minVersionCode,
    probes: options.probe === false ? [] : options.probe,
  })) as App
  output.result(updated, () => describe(updated))
}

async function listApps({ output, service }: Context): Promise<void> {
  const apps = list<App>(await service.get('v1/apps'), 'apps')
  output.result(apps, () =>
    apps.length === 0
      ? 'No app is registered. `assay app add ID --platform …` adds one.'
      : table(
          ['APP', 'PLATFORM', 'PACKAGE', 'SIGNERS', 'MIN VERSION'],
          apps.map((app) => [
            app.id,
            app.platform,
            app.package,
            String(app.signers.length),
            String(app.min_version_code),
          ]),
        ),
  )
}

async function removeApp({ output, service }: Context, id: string): Promise<void> {
  await service.delete(`v1/apps/${encodeURIComponent(id)}`)
  output.result({ removed: id }, () => `Removed ${id}.`)
}

function describe(app: App): string {
  return fields([
    ['app', app.id],
    ['name', app.name],
    ['platform', app.platform],
    ['package', app.package],
    [
      'signers',
      app.signers.join(', ') || 'none yet: the first build that an admin registers records its own',
    ],
    ['min version', String(app.min_version_code)],
    ['probes', app.probes.join(', ') || 'none'],
  ])
}
