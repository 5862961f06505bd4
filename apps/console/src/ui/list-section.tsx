import type { ReactNode } from 'react'
import type { UseQueryResult } from '@tanstack/react-query'
import type { RowData } from '@tanstack/react-table'
import { DataTable, type DataTableLook } from './data-table.tsx'
import { Section } from './page.tsx'
import { Loaded } from './states.tsx'

interface ListSection<T extends RowData> extends DataTableLook<T> {
  title: string
  query: UseQueryResult<readonly T[]>
  /** Shown if the list is empty. */
  empty: ReactNode
  actions?: ReactNode
  /** Between heading and table. */
  filters?: ReactNode
  /** Below the table. */
  foot?: ReactNode
}

/** A list of whatever there is: loading, failing, empty, or a table. */
export function ListSection<T extends RowData>({
  title,
  query,
  empty,
  actions,
  filters,
  foot,
  ...look
}: ListSection<T>) {
  return (
    <Section title={title} actions={actions} flush>
      {filters}
      <Loaded query={query}>
        {(data) => (data.length === 0 ? empty : <DataTable caption={title} data={data} {...look} />)}
      </Loaded>
      {foot}
    </Section>
  )
}
