import { spawnSync } from 'node:child_process'
import { git } from './may-release.mjs'

/**
 * Files of a checkout as `.tar.gz` that depends on nothing but their names and bytes: sorted, of nobody, without the
 * time, with the modes that git knows.
 *
 * @param {string} root
 * @param {{ folder?: string, paths: string[], under: string, time: number }} archive `folder`: where the paths
 *   are taken from; `under`: the folder that all files are in; `time`: Unix seconds
 * @returns {Buffer}
 */
export function archiveOf(root, { folder = '.', paths, under, time }) {
  const files = git(root, 'ls-files', '--', ...paths.map((each) => `${folder}/${each}`))
  if (files === '') throw new Error(`nothing to put into ${under}`)
  const inside = files
    .split('\n')
    .map((file) => (folder === '.' ? file : file.slice(folder.length + 1)))
    .sort()
  const options = [
    ...['--create', '--format=ustar', '--sort=name', '--numeric-owner', '--owner=0', '--group=0'],
    ...[`--mtime=@${time}`, '--mode=u=rwX,go=rX', `--transform=s,^,${under}/,`, '--no-recursion'],
    ...['--directory', folder, '--files-from=-'],
  ]
  const tar = run('tar', options, root, inside.join('\n'))
  return run('gzip', ['--no-name', '--best', '--stdout'], root, tar)
}

function run(command, args, cwd, input) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, input, maxBuffer: 1 << 28 })
  if (status !== 0) throw new Error(`${command}: ${stderr}`)
  return stdout
}
