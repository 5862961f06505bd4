import type { PolicyChanges, StoredPolicy } from '@assay/protocol/schemas'

/** The differences between two versions of a policy: requirements and rules, each as a whole. */
export function policyChanges(from: StoredPolicy, to: StoredPolicy): PolicyChanges {
  const rules = [listOf(from, 'rules'), listOf(to, 'rules')] as const
  return {
    id: from.id,
    from: from.version,
    to: to.version,
    required: changesOf(listOf(from, 'required'), listOf(to, 'required')),
    rules: changesOf(...rules),
    reordered: isReordered(...rules),
  }
}

const textOf = (entry: unknown) => JSON.stringify(entry)

/** A saved document has been checked; one from another version may have another form. */
function listOf({ document }: StoredPolicy, name: 'required' | 'rules'): readonly unknown[] {
  const list = (document as Record<string, unknown> | null)?.[name]
  return Array.isArray(list) ? list : []
}

function changesOf(from: readonly unknown[], to: readonly unknown[]) {
  return { removed: without(from, to), added: without(to, from) }
}

/** Entries that the other list does not have, each as often as it exceeds it. */
function without(entries: readonly unknown[], others: readonly unknown[]): unknown[] {
  const left = others.map(textOf)
  return entries.filter((entry) => {
    const i = left.indexOf(textOf(entry))
    if (i >= 0) left.splice(i, 1)
    return i < 0
  })
}

/** Whether the common rules come in another order: among reasons of equal weight, the first is reported. */
function isReordered(from: readonly unknown[], to: readonly unknown[]): boolean {
  const common = (list: readonly unknown[], other: readonly unknown[]) => {
    const texts = new Set(other.map(textOf))
    return list.map(textOf).filter((text) => texts.has(text))
  }
  return common(from, to).join('\n') !== common(to, from).join('\n')
}
