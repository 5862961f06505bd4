import { existsSync, linkSync } from 'node:fs'
import path from 'node:path'
import type { Tables } from '@assay/service/tables'
import { numbersTo } from '../store/inserts.ts'
import { app, original } from './small-release.ts'

/** Ids of as many builds, the uploaded one first. */
export function buildIds(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `b${i}`)
}

type CopiedTable = 'builds' | 'build_segments'
type Changed<Table extends CopiedTable> = { readonly [Column in keyof Tables[Table]]?: string }

export interface Copied {
  columns: Readonly<Record<CopiedTable, readonly string[]>>
  segments: readonly { name: string; sha256: string }[]
  /** Builds with the uploaded one. */
  count: number
  /** Whether each build's segments have their own names, as if their bytes differed. */
  isOwn: boolean
}

/** Statements that copy the uploaded build, in both dialects. */
export function copies({ columns, segments, count, isOwn }: Copied): string[] {
  const copied = <Table extends CopiedTable>(table: Table, changed: Changed<Table>) =>
    columns[table].map((column) => changed[column as keyof Tables[Table]] ?? `o.${column}`).join(', ')
  const id = `'b' || cast(i as text)`
  const into = <Table extends CopiedTable>(
    table: Table,
    changed: Changed<Table>,
    key: string & keyof Tables[Table],
  ) =>
    `insert into ${table} (${columns[table].join(', ')}) ${numbersTo(count - 1)}
      select ${copied(table, changed)} from ${table} o, numbers where o.app = '${app}' and o.${key} = '${original}'`
  return count < 2
    ? []
    : [
        into('builds', { id }, 'id'),
        ...segments.map(
          ({ name, sha256 }) =>
            `${into('build_segments', { build: id, ...(isOwn && { sha256: copiedName(sha256) }) }, 'build')} and o.name = '${name}'`,
        ),
      ]
}

/** A name that differs in its last eight digits. */
function copiedName(sha256: string): string {
  return `'${sha256.slice(0, 56)}' || cast(10000000 + i as text)`
}

/** Gives each copy the bytes, under its name. */
export function linkCopies(blobs: string, segments: readonly { sha256: string }[], count: number): void {
  const place = (sha256: string) => path.join(blobs, sha256.slice(0, 2), sha256)
  for (const { sha256 } of segments)
    for (let i = 1; i < count; i++) {
      const copy = place(`${sha256.slice(0, 56)}${10_000_000 + i}`)
      if (!existsSync(copy)) linkSync(place(sha256), copy)
    }
}
