import { Option, type Command } from 'commander'
import { buildIdPattern, type PageBuild } from '@assay/protocol'
import { asStampError } from '../builds/stamp-error.ts'
import { example, type Action } from '../command-line/arguments.ts'
import type { Context } from '../command-line/context.ts'
import { look } from '../builds/read-build-file.ts'
import { usageError } from '../faults/cli-error.ts'
import { fields } from '../terminal/output.ts'

interface StampCommandOptions {
  id?: string
  root?: string
  coverage?: 'image' | 'entry'
}

export function addBuildStampCommand(build: Command, action: Action): void {
  build
    .command('stamp')
    .description(
      'write name and files of a web build into its pages and into assay-build.json, without a service: the last step before the folder is registered and served',
    )
    .argument('<dir>', 'folder that is served, of any origin')
    .option('--id <id>', 'build id (default: derived from the content)')
    .option(
      '--root <url>',
      'URL under which the folder is served, with a trailing slash; ./ where that is not known (default: /)',
    )
    .addOption(
      new Option(
        '--coverage <coverage>',
        'entry: pins what pages load later in an import map, for `build add --coverage entry` (default: image)',
      ).choices(['image', 'entry']),
    )
    .addHelpText(
      'after',
      example('assay build stamp ./out', 'assay build stamp ./dist --root /shop/ --coverage entry'),
    )
    .action(
      action((context, [folder], options: StampCommandOptions) => stamp(context, folder as string, options)),
    )
}

async function stamp(
  { output }: Context,
  folder: string,
  { id, root, coverage }: StampCommandOptions,
): Promise<void> {
  if (!(await look(folder)).isDirectory())
    throw usageError('CLI_USAGE', `${folder} is not a folder`, 'Name the folder that is served.')
  if (id !== undefined && !buildIdPattern.test(id))
    throw usageError('CLI_USAGE', '--id is not a build id', 'Letters, digits and . _ + -, at most 128.')
  if (root !== undefined && root !== './' && !/^(?:\/|https?:\/\/[^/]+\/)(?:.*\/)?$/.test(root))
    throw usageError('CLI_USAGE', '--root has no slash at its start or end', 'Example: --root /shop/')
  const { stampFolder } = await import('@assay/web-build/stamp')
  let written: PageBuild
  try {
    written = await stampFolder(folder, {
      ...(id !== undefined && { build: id }),
      ...(root !== undefined && { root }),
      ...(coverage !== undefined && { coverage }),
    })
  } catch (error) {
    throw asStampError(error)
  }
  output.result(written, () =>
    fields([
      ['build', written.build],
      ['files', String(written.files.length)],
      ['root', written.root ?? '/'],
    ]),
  )
  const covered = coverage === 'entry' ? ' --coverage entry' : ''
  output.note(`Change nothing in it now. Register it: assay build add ${folder} --app APP${covered}`)
}
