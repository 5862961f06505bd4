import { spawnSync } from 'node:child_process'
import { PassThrough } from 'node:stream'
import type { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import { createProgram } from '../../src/program/program.ts'
import { cli } from '../fake-service.ts'

const scriptFor = async (shell: string) => (await cli(['completion', shell])).stdout

/** What bash offers for a command line that ends in the word to complete. */
async function completed(...words: string[]): Promise<string[]> {
  const script = `${await scriptFor('bash')}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
_assay; printf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], { encoding: 'utf8' })
  expect(stderr).toBe('')
  return stdout.split('\n').filter((line) => line !== '')
}

describe('in bash', () => {
  test('commands, their commands and their options are completed', async () => {
    expect(await completed('assay', 'atte')).toEqual(['attestation'])
    expect(await completed('assay', 'app', 're')).toEqual(['remove'])
    expect(await completed('assay', 'api', 'update', '--no-p')).toEqual(['--no-policy'])
  })

  test('the value of an option is completed if its values are known', async () => {
    expect(await completed('assay', 'app', 'add', 'x', '--platform', '')).toEqual([
      'android',
      'ios',
      'web',
      'node',
    ])
    expect(await completed('assay', 'api', 'add', '--tier', 'w')).toEqual(['warning'])
  })

  test('the value of an option is not taken for a command', async () => {
    expect(await completed('assay', '--server', 'http://x', 'build', 'ret')).toEqual(['retire'])
    expect(await completed('assay', 'build', 'add', 'list', '--prov')).toEqual(['--provenance-key'])
  })
})

function commandsOf(command: Command): Command[] {
  return command.commands.flatMap((one) => [one, ...commandsOf(one)])
}

test.each(['bash', 'zsh', 'fish'])('the script for %s has every command and every option', async (shell) => {
  const script = await scriptFor(shell)
  const streams = { out: new PassThrough(), err: new PassThrough() }
  for (const command of commandsOf(await createProgram(streams, {}, process, []))) {
    expect(script).toMatch(new RegExp(`[ ']${command.name()}[ ']`))
    for (const { long = '' } of command.options)
      expect(script).toMatch(new RegExp(shell === 'fish' ? `-l ${long.slice(2)} ` : `[ ']${long}[ ';]`))
  }
})

test('another shell is refused', async () => {
  expect(await cli(['completion', 'sh'])).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('Allowed choices are bash, zsh, fish'),
  })
})
