import { useState } from 'react'

/** The line of the CLI that does the same, to be copied into a script or a runbook. */
export function CliLine({ line }: { line: string }) {
  const [copied, setCopied] = useState<string>()
  return (
    <div className="cli-line">
      <p className="muted small">The same on the command line</p>
      <pre tabIndex={0}>{line}</pre>
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
