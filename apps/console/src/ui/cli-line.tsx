import { Fragment, useState } from 'react'
import { lineOf, quotedWordsOf, type Command } from '../api/command-line.ts'

/** The line of the CLI that does the same, to be copied into a terminal, a script or a runbook. */
export function CliLine({ command }: { command: Command }) {
  const [copied, setCopied] = useState<string>()
  const line = lineOf(command)
  return (
    <div className="cli-line">
      <p className="muted small">
        The same on the command line
        {command.asks === true ? (
          <>
            ; in a script, add <code>--yes</code>
          </>
        ) : null}
      </p>
      <pre tabIndex={0}>
        {quotedWordsOf(command).map((word, index) => (
          <Fragment key={index}>
            {index === 0 ? '' : ' '}
            <span>{word}</span>
          </Fragment>
        ))}
      </pre>
      <button
        type="button"
        className="button button-small"
        onClick={() => void navigator.clipboard.writeText(line).then(() => setCopied(line))}
      >
        Copy
      </button>
      <span role="status" className="muted small">
        {copied === line ? 'Copied' : null}
      </span>
    </div>
  )
}
