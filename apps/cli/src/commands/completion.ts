import { Argument, type Command, type Option } from 'commander'
import { example, type Action } from '../command-line/arguments.ts'

const shells = { bash: bashScript, zsh: zshScript, fish: fishScript } as const
type Shell = keyof typeof shells

export function addCompletionCommand(program: Command, action: Action): void {
  program
    .command('completion')
    .description('print a script that completes commands, options and their values in a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(shells)))
    .addHelpText(
      'after',
      example(
        'assay completion bash > ~/.local/share/bash-completion/completions/assay',
        'assay completion zsh > "${fpath[1]}/_assay"',
        'assay completion fish > ~/.config/fish/completions/assay.fish',
      ),
    )
    .action(
      action(({ output }, [shell]) => {
        const script = shells[shell as Shell](pointsOf(program))
        output.result({ shell, script }, () => script)
      }),
    )
}

/** What may come after the words of a command. */
interface Point {
  /** The words so far, such as `assay app add`. */
  at: string
  commands: readonly Command[]
  options: readonly Option[]
}

function pointsOf(command: Command, before = ''): Point[] {
  const at = `${before}${command.name()}`
  const help = command.createHelp()
  const options = [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)].filter(
    ({ long }) => typeof long === 'string',
  )
  const commands = help.visibleCommands(command).filter((one) => one.name() !== 'help')
  return [{ at, commands, options }, ...commands.flatMap((one) => pointsOf(one, `${at} `))]
}

const wordsOf = ({ commands, options }: Point) =>
  [...commands.map((one) => one.name()), ...options.map(({ long }) => String(long))].join(' ')

/** `'assay app'|'assay app add'|…`: the words that are a command so far. */
const known = (points: readonly Point[]) =>
  points
    .slice(1)
    .map(({ at }) => `'${at}'`)
    .join('|')

/** Options whose values are known, after which only these come. */
const valuesOf = (points: readonly Point[]) =>
  points.flatMap(({ at, options }) =>
    options.flatMap(({ long, argChoices }) =>
      argChoices === undefined ? [] : [{ at: `${at} ${String(long)}`, values: argChoices.join(' ') }],
    ),
  )

function bashScript(points: readonly Point[]): string {
  return `# bash completion of assay, made by \`assay completion bash\`
_assay() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" at=assay word words=
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$at $word" in
      ${known(points)}) at="$at $word" ;;
    esac
  done
  case "$at $previous" in
${valuesOf(points)
  .map(({ at, values }) => `    '${at}') words='${values}' ;;`)
  .join('\n')}
    *)
      case "$at" in
${points.map((point) => `        '${point.at}') words='${wordsOf(point)}' ;;`).join('\n')}
      esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _assay assay`
}

function zshScript(points: readonly Point[]): string {
  return `#compdef assay
# zsh completion of assay, made by \`assay completion zsh\`
_assay() {
  local at=assay word
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$at $word" in
      (${known(points)}) at="$at $word" ;;
    esac
  done
  case "$at \${words[CURRENT-1]}" in
${valuesOf(points)
  .map(({ at, values }) => `    ('${at}') compadd -- ${values}; return ;;`)
  .join('\n')}
  esac
  case "$at" in
${points.map((point) => `    ('${point.at}') compadd -- ${wordsOf(point)} ;;`).join('\n')}
  esac
  _files
}
compdef _assay assay`
}

function fishScript(points: readonly Point[]): string {
  const lines = points.flatMap(({ at, commands, options }) => {
    const where = `complete -c assay -n 'test "$(__assay_at)" = "${at}"'`
    return [
      ...commands.map((one) => `${where} -a ${one.name()} -d ${quoted(one.description())}`),
      ...options.map(({ long, required, argChoices, description }) => {
        const values = argChoices === undefined ? '' : ` -a '${argChoices.join(' ')}'`
        return `${where} -l ${String(long).slice(2)}${required ? ' -r' : ''}${values} -d ${quoted(description)}`
      }),
    ]
  })
  return `# fish completion of assay, made by \`assay completion fish\`
function __assay_at
  set -l at assay
  for word in (commandline -opc)[2..]
    switch "$at $word"
      case ${points
        .slice(1)
        .map(({ at }) => `'${at}'`)
        .join(' ')}
        set at "$at $word"
    end
  end
  echo $at
end
${lines.join('\n')}`
}

/** In fish only these two have a meaning between single quotes. */
function quoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, '\\$&')}'`
}
