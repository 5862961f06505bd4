import { useRef, type CSSProperties, type PointerEvent } from 'react'
import {
  createColumnHelper,
  createSortedRowModel,
  rowSortingFeature,
  sortFn_alphanumeric,
  sortFn_basic,
  tableFeatures,
  useTable,
  type ColumnDef,
  type RowData,
} from '@tanstack/react-table'
import { useVirtualizer } from '@tanstack/react-virtual'

const features = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: { alphanumeric: sortFn_alphanumeric, basic: sortFn_basic },
})

/** The width of a column relative to the others; in rem if there is room. */
export interface ColumnLook {
  width: number
  /** The width on narrow screens; default: as on wide ones. */
  narrow?: number
  /** Hidden on narrow screens. */
  wideOnly?: boolean
}

export const columnsOf = <T extends RowData>() => createColumnHelper<typeof features, T>()
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- columns of one table have values of many types
export type Columns<T extends RowData> = ColumnDef<typeof features, T, any>[]

/** Pixels. All rows have one height, so that the position of any is known without drawing the others. */
const rowHeight = 44

/** How rows of a kind are shown. */
export interface DataTableLook<T extends RowData> {
  columns: Columns<T>
  /** By column id. */
  looks: Readonly<Record<string, ColumnLook>>
  rowId: (row: T) => string
  /** Lets the reader sort. Not for live or paged lists. */
  sortable?: boolean
}

interface DataTable<T extends RowData> extends DataTableLook<T> {
  caption: string
  data: readonly T[]
}

/**
 * A table of any length: only rows in sight are in the document, and it says to screen readers which of how many they
 * are.
 */
export function DataTable<T extends RowData>({
  caption,
  columns,
  looks,
  data,
  rowId,
  sortable = true,
}: DataTable<T>) {
  const table = useTable({ features, columns, data, getRowId: rowId, enableSorting: sortable })
  const scroller = useRef<HTMLDivElement>(null)
  const { rows } = table.getRowModel()
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  })
  const shown = virtual.getVirtualItems()
  const before = shown[0]?.start ?? 0
  const after = virtual.getTotalSize() - (shown.at(-1)?.end ?? 0)
  const { least, widthsOf } = sharesOf(looks)
  const classOf = (id: string) => (looks[id]?.wideOnly === true ? 'wide-only' : undefined)
  return (
    // A scrolling area must be reachable by keyboard, or its end is out of reach without a mouse. It is not a landmark:
    // the section around it is one.
    <div ref={scroller} className="table-scroller" role="group" aria-label={caption} tabIndex={0}>
      <table className="table" aria-rowcount={rows.length + 1} style={least}>
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id} aria-rowindex={1}>
              {group.headers.map((header) => {
                const sorted = header.column.getIsSorted()
                const { id } = header.column
                return (
                  <th
                    key={header.id}
                    scope="col"
                    className={classOf(id)}
                    style={widthsOf(id)}
                    aria-sort={sorted === false ? undefined : sorted === 'asc' ? 'ascending' : 'descending'}
                  >
                    {header.column.getCanSort() ? (
                      <button
                        type="button"
                        className="sort"
                        onClick={header.column.getToggleSortingHandler()}
                      >
                        <table.FlexRender header={header} />
                        <span aria-hidden="true">
                          {sorted === false ? '' : sorted === 'asc' ? ' ↑' : ' ↓'}
                        </span>
                      </button>
                    ) : (
                      <table.FlexRender header={header} />
                    )}
                  </th>
                )
              })}
            </tr>
          ))}
        </thead>
        <tbody>
          {before > 0 ? <Spacer height={before} columns={columns.length} /> : null}
          {shown.map(({ index }) => {
            const row = rows[index]
            if (row === undefined) return null
            return (
              <tr key={row.id} aria-rowindex={index + 2} style={{ height: rowHeight }}>
                {row.getAllCells().map((cell) => (
                  <td key={cell.id} className={classOf(cell.column.id)} onPointerEnter={tellWhole}>
                    <table.FlexRender cell={cell} />
                  </td>
                ))}
              </tr>
            )
          })}
          {after > 0 ? <Spacer height={after} columns={columns.length} /> : null}
        </tbody>
      </table>
    </div>
  )
}

/** The whole text of a cell that is too narrow for it. */
function tellWhole({ currentTarget: cell }: PointerEvent<HTMLTableCellElement>): void {
  const isCut = cell.scrollWidth > cell.clientWidth
  cell.title = isCut ? cell.innerText : ''
}

/** Shares of the width of the table, so that it fits if possible, and the width below which it scrolls. */
function sharesOf(looks: Readonly<Record<string, ColumnLook>>) {
  const all = Object.values(looks)
  const narrowOf = ({ width, narrow = width, wideOnly = false }: ColumnLook) => (wideOnly ? 0 : narrow)
  const wide = all.reduce((sum, { width }) => sum + width, 0)
  const narrow = all.reduce((sum, look) => sum + narrowOf(look), 0)
  return {
    least: { '--least': `${0.8 * wide}rem` } as CSSProperties,
    widthsOf: (id: string): CSSProperties => {
      const look = looks[id] ?? { width: 10 }
      const shares = {
        '--wide': `${(100 * look.width) / wide}%`,
        '--narrow': `${(100 * narrowOf(look)) / narrow}%`,
      }
      return shares as CSSProperties
    },
  }
}

function Spacer({ height, columns }: { height: number; columns: number }) {
  return (
    <tr aria-hidden="true" className="spacer">
      <td colSpan={columns} style={{ height }} />
    </tr>
  )
}
