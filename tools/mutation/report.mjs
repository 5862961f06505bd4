/** What came of mutating one evidence format, as figures and as Markdown. */

/**
 * @param report as Stryker's reporter `json` writes it
 * @param reasons `{ change, reason }`: why a mutant survives; `change` is the change as it is in the report
 */
export function summarise(report, reasons) {
  const counts = { Killed: 0, Timeout: 0, Survived: 0, NoCoverage: 0 }
  const survivors = []
  for (const [file, { source, mutants }] of Object.entries(report.files)) {
    for (const mutant of mutants) {
      if (counts[mutant.status] === undefined) continue
      counts[mutant.status]++
      if (mutant.status !== 'Survived' && mutant.status !== 'NoCoverage') continue
      const { line } = mutant.location.start
      const change = `${textAt(source, mutant.location)} → ${oneLine(mutant.replacement ?? '')}`
      const place = `${file.replace(/^.*\/src\/[^/]+\//, '')}:${line}`
      const { reason } =
        reasons.find((each) => each.change === change && place.startsWith(`${each.file}:`)) ?? {}
      survivors.push({ place, change, reason })
    }
  }
  const killed = counts.Killed + counts.Timeout
  const score = (100 * killed) / (killed + counts.Survived + counts.NoCoverage)
  return { counts, survivors, score }
}

function textAt(source, { start, end }) {
  const lines = source.split('\n').slice(start.line - 1, end.line)
  lines[lines.length - 1] = lines.at(-1).slice(0, end.column - 1)
  lines[0] = lines[0].slice(start.column - 1)
  return oneLine(lines.join(' '))
}

function oneLine(text) {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > 100 ? `${line.slice(0, 100)}…` : line
}

/** @returns {string} */
export function describeRun({ format, date, machine, counts, survivors, score }) {
  const rows = survivors.map(
    ({ place, change, reason }) => `| ${place} | ${code(change)} | ${reason ?? 'none given'} |`,
  )
  const table =
    rows.length === 0
      ? ['No mutant survives.']
      : ['| place | change | why it survives |', '|---|---|---|', ...rows]
  return [
    `# Mutation testing: \`${format}\``,
    '',
    `${date} · \`npm run mutation -- ${format}\` ([how that is done](README.md)) · Stryker 9.6.1, every mutator · ${machine}`,
    '',
    `Mutated: \`packages/verifier/evidence/src/${format}\`. Tests: \`packages/verifier/evidence/test/${format}\`, without`,
    'those of random bytes and without the evidence vectors: so every kill comes from hand-made inputs.',
    '',
    `**${score.toFixed(1)} %** killed: ${counts.Killed} by a failing test, ${counts.Timeout} by a time-out; ${counts.Survived} survive, ${counts.NoCoverage} are reached by no test.`,
    '',
    ...table,
    '',
  ].join('\n')
}

function code(text) {
  return `\`${text.replaceAll('|', '\\|').replaceAll('`', "'")}\``
}
