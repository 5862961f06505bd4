import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { listAll, mostItems } from '../api/client.ts'
import { given, type Filter } from '../api/pages.ts'
import { csvOf } from './csv.ts'
import { Problem } from './states.tsx'

interface Export {
  /** What the file is called after. */
  name: string
  path: string
  member: string
  filter: Filter
  /** Columns of the CSV: members of the items. */
  columns: readonly string[]
}

type Format = 'csv' | 'json'

/** Buttons that save a whole list, as the filter has it, in a file: CSV for tables, JSON as the API gives it. */
export function Export({ name, path, member, filter, columns }: Export) {
  const [read, setRead] = useState(0)
  const work = useMutation({
    mutationFn: async (format: Format) => {
      setRead(0)
      const query = new URLSearchParams(given(filter)).toString()
      const items = await listAll<Record<string, unknown>>(`${path}?${query}`, member, {
        onProgress: setRead,
      })
      save(
        `assay-${name}-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}Z.${format}`,
        format === 'csv' ? csvOf(columns, items) : `${JSON.stringify(items, null, 2)}\n`,
        format === 'csv' ? 'text/csv' : 'application/json',
      )
      return items.length
    },
  })
  return (
    <span className="card-actions export">
      <span role="status" className="muted small">
        {work.isPending ? `Read ${read.toLocaleString('en')}` : null}
        {work.isSuccess ? saved(work.data) : null}
      </span>
      {(['csv', 'json'] as const).map((format) => (
        <button
          key={format}
          type="button"
          className="button button-small"
          disabled={work.isPending}
          onClick={() => work.mutate(format)}
        >
          Export {format.toUpperCase()}
        </button>
      ))}
      {work.isError ? <Problem error={work.error} /> : null}
    </span>
  )
}

const saved = (count: number): string =>
  count < mostItems
    ? `Saved ${count.toLocaleString('en')}`
    : `Saved the newest ${count.toLocaleString('en')}; choose dates for older ones`

function save(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}
