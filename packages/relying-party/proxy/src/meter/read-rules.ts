import type { AdmissibleTier } from '@assay/protocol'
import type { MeterForm } from './form.ts'
import type { MeterScope } from './meter.ts'
import { type CostRules, type CostSource, mostCounted, type ReservedCost } from '../cost/cost-rules.ts'
import { stepsOf } from '../request/json-pointer.ts'
import { amountOf, type Limit, type MeterRules, moneyUnit } from './rules.ts'
import { type Allowance, parseAllowance, windowLengths } from './window.ts'

export const defaultStreams = 4
const defaultBits = { ipv4: 24, ipv6: 56 } as const

/** The facts of a route that the rules of its meter depend on. */
export interface MeteredRoute {
  readonly route: string
  readonly tiers: readonly AdmissibleTier[]
  readonly development: boolean
  /** Seconds that a request may take in all. */
  readonly longest: number
  /** Bytes that a body may have, if the route says so. */
  readonly mostBodyBytes?: number | undefined
  /** Whether no method of the route has a body. */
  readonly hasNoBody?: boolean
  /** Budgets that routes share. */
  readonly budgets?: readonly SharedBudget[]
}

/** Money that routes may spend together, in the currency of their `cost.price`. */
export interface SharedBudget {
  readonly name: string
  readonly money: number
  readonly per: 'hour' | 'day'
}

/** The rules of a route's meter cannot be applied. The message names the member. */
export class MeterRulesError extends Error {
  override readonly name = 'MeterRulesError'
}

/**
 * The rules of a route. Without a form it has no limits, and its requests are only counted.
 *
 * @throws MeterRulesError
 */
export function readMeterRules(form: MeterForm | undefined, route: MeteredRoute): MeterRules {
  const { route: name, longest } = route
  const cost = form?.cost === undefined ? undefined : readCost(form.cost)
  const limits = form === undefined ? [] : readLimits(form, route)
  const streams = form === undefined ? Infinity : (form.installation?.streams ?? defaultStreams)
  if (form !== undefined) checkLimits(form, limits, cost, route)
  const { ipv4 = defaultBits.ipv4, ipv6 = defaultBits.ipv6 } = form?.network ?? {}
  return {
    route: name,
    limits: limits.length === 0 ? [] : [...limits, ...counters(limits, cost)],
    streams,
    needsHardware: unboundedUnit(limits) !== undefined,
    networkBits: { ipv4, ipv6 },
    cost,
    longest,
  }
}

function readLimits(form: MeterForm, route: MeteredRoute): Limit[] {
  const { installation, network, app, software, all, cost } = form
  const forms = { installation, network, app, software, all }
  const stated = (Object.keys(forms) as (keyof typeof forms)[]).flatMap((scope) => [
    ...limitsOf(scope, 'requests', forms[scope]?.requests),
    ...limitsOf(scope, 'cost', forms[scope]?.cost),
  ])
  const budgets = (all?.budget ?? []).map(({ money, per }): Limit => {
    if (cost?.price === undefined) throw new MeterRulesError('all.budget needs cost.price')
    const limit = Math.min(mostCounted, Math.floor(money / cost.price))
    return { scope: 'all', unit: 'cost', limit, seconds: windowLengths[per], isBudget: true }
  })
  const shared = (form.budgets ?? []).map((name) => sharedLimit(name, cost?.price, route))
  const limits = [...stated, ...budgets, ...shared]
  if (!route.tiers.includes('affirming')) return limits
  return [...limits, ...halves(limits, software !== undefined)]
}

/** Callers whom no hardware vouches for may not use up what is for all, where callers that it vouches for are admitted. */
function halves(limits: readonly Limit[], hasOwn: boolean): Limit[] {
  return limits.flatMap((limit): Limit[] => {
    const half = Math.max(1, Math.floor(limit.limit / 2))
    if (limit.scope === 'budget') return [{ ...limit, limit: half, isOfSoftware: true }]
    if (limit.scope !== 'all' || hasOwn) return []
    return [{ scope: 'software', unit: limit.unit, limit: half, seconds: limit.seconds }]
  })
}

function sharedLimit(name: string, price: number | undefined, { budgets = [] }: MeteredRoute): Limit {
  const budget = budgets.find((each) => each.name === name)
  if (budget === undefined) throw new MeterRulesError(`budgets has no ${name}`)
  if (price === undefined) throw new MeterRulesError('a budget needs cost.price')
  const limit = Math.min(mostCounted, Math.floor(budget.money / moneyUnit))
  return {
    scope: 'budget',
    unit: 'cost',
    limit,
    seconds: windowLengths[budget.per],
    isBudget: true,
    budget: name,
  }
}

function limitsOf(scope: MeterScope, unit: Limit['unit'], texts: readonly string[] = []): Limit[] {
  return texts.map((text) => ({ scope, unit, ...(parseAllowance(text) as Allowance) }))
}

/** Where anything is limited, what each installation uses in a day is counted too: `usage` shows it. */
function counters(limits: readonly Limit[], cost: CostRules | undefined): Limit[] {
  const units = cost === undefined ? (['requests'] as const) : (['requests', 'cost'] as const)
  const day = windowLengths.day
  return units
    .filter((unit) => !limits.some((each) => isOf(each, 'installation', unit) && each.seconds === day))
    .map((unit) => ({ scope: 'installation', unit, limit: Infinity, seconds: day }))
}

function isOf(limit: Limit, scope: MeterScope, unit: Limit['unit']): boolean {
  return limit.scope === scope && limit.unit === unit
}

function checkLimits(
  { installation, network, app, software, all }: MeterForm,
  limits: readonly Limit[],
  cost: CostRules | undefined,
  route: MeteredRoute,
): void {
  const { tiers, development } = route
  if (limits.length === 0 && installation?.streams === undefined)
    throw new MeterRulesError('meter has no limit')
  for (const [name, form] of Object.entries({ network, app, software, all }))
    if (form !== undefined && !limits.some(({ scope }) => scope === name))
      throw new MeterRulesError(`${name} has no limit`)
  if (cost === undefined && limits.some(({ unit }) => unit === 'cost'))
    throw new MeterRulesError('limits of cost need cost, which says where it is stated')
  const least = cost === undefined ? 1 : leastOf(cost.reserve)
  for (const limit of limits)
    if (limit.unit === 'cost' && limit.limit < amountOf(limit, least, cost?.price))
      throw new MeterRulesError(
        `a limit of ${nameOf(limit)} is less than cost.reserve: no request could pass`,
      )
  if (cost !== undefined && limits.some(({ isBudget }) => isBudget)) checkInputIsBounded(cost.reserve, route)
  checkSoftwareOnly(limits, admitsSoftwareOnly(tiers, development))
}

const statedBy: Partial<Record<Limit['scope'], string>> = {
  software: 'software (half of all, unless it is stated)',
}

function nameOf({ scope, budget }: Limit): string {
  if (budget !== undefined) return `the budget ${budget}`
  return statedBy[scope] ?? scope
}

/** Units that the smallest request reserves. */
function leastOf({ fixed, members }: ReservedCost): number {
  return Math.max(1, fixed + (members.length === 0 ? 0 : 1))
}

/** A prompt costs as much as an answer: without it in the reservation, a budget bounds nothing. @throws MeterRulesError */
function checkInputIsBounded(
  { fixed, perByte }: ReservedCost,
  { mostBodyBytes = Infinity, hasNoBody = false }: MeteredRoute,
): void {
  if (perByte > 0 || hasNoBody || fixed >= mostBodyBytes) return
  throw new MeterRulesError(
    'a budget needs a bound on what the request brings: cost.reserve.per_byte, or body.most_bytes of at most cost.reserve.fixed',
  )
}

/**
 * A caller without hardware can be a new installation as often as it likes, so a limit of each installation alone limits
 * nothing. @throws MeterRulesError
 */
function checkSoftwareOnly(limits: readonly Limit[], admitsSoftware: boolean): void {
  const unit = admitsSoftware ? unboundedUnit(limits) : undefined
  if (unit !== undefined)
    throw new MeterRulesError(
      `the route admits callers without hardware evidence, which reinstall at will: limit ${unit} of network too`,
    )
}

/** Units that are limited for each installation, and not for all of a network. */
function unboundedUnit(limits: readonly Limit[]): Limit['unit'] | undefined {
  const isLimited = (scope: MeterScope, unit: Limit['unit']) =>
    limits.some((limit) => isOf(limit, scope, unit))
  return (['requests', 'cost'] as const).find(
    (unit) => isLimited('installation', unit) && !isLimited('network', unit),
  )
}

/** Only `affirming` says that hardware vouched, by the policies that are built in. */
export function admitsSoftwareOnly(tiers: readonly AdmissibleTier[], development: boolean): boolean {
  return development || tiers.some((tier) => tier !== 'affirming')
}

type CostForm = NonNullable<MeterForm['cost']>

function readCost({ member, field, input, reserve, free_statuses, price }: CostForm): CostRules {
  if ((member === undefined) === (field === undefined))
    throw new MeterRulesError('cost must have member or field, and not both')
  return {
    from: field === undefined ? readSums(member, input ?? []) : { kind: 'field', name: field.toLowerCase() },
    reserve: readReserve(reserve),
    free: new Set(free_statuses),
    ...(price === undefined ? {} : { price }),
  }
}

function readSums(member: CostForm['member'], input: readonly string[]): CostSource {
  const forms = Array.isArray(member) ? member : [member ?? {}]
  const sums = forms.map((form) =>
    Object.entries(typeof form === 'string' ? { [form]: 1 } : form).map(([pointer, each]) => ({
      path: stepsOf(pointer),
      weight: typeof each === 'number' ? each : each.weight,
      isOptional: typeof each === 'object' && each.optional === true,
      isInput: input.includes(pointer),
    })),
  )
  for (const sum of sums) {
    if (sum.length === 0 || sum.length > 8) throw new MeterRulesError('cost.member must name 1 to 8 members')
    if (!sum.some(({ isOptional, weight }) => !isOptional && weight > 0))
      throw new MeterRulesError('cost.member needs a member that is not optional and counts up')
  }
  const pointers = new Set(forms.flatMap((form) => (typeof form === 'string' ? [form] : Object.keys(form))))
  for (const pointer of input)
    if (!pointers.has(pointer))
      throw new MeterRulesError(`cost.input: ${pointer} is no member of cost.member`)
  return { kind: 'body', sums }
}

function readReserve(form: CostForm['reserve']): ReservedCost {
  const { fixed, units, per_byte, per_item, members, member, otherwise } = form
  if (fixed !== undefined && units !== undefined)
    throw new MeterRulesError('cost.reserve has fixed and units, which is the same')
  const pointers = [...(members ?? []), ...(member === undefined ? [] : [member])]
  if (new Set(pointers).size !== pointers.length)
    throw new MeterRulesError('cost.reserve.members has a member twice')
  const always = fixed ?? units ?? 0
  if (pointers.length === 0 && (otherwise !== undefined || (always === 0 && per_byte === undefined)))
    throw new MeterRulesError(
      'cost.reserve must have fixed units of at least 1 or per_byte, or members and otherwise',
    )
  if (pointers.length > 0 && !((otherwise ?? 0) > 0))
    throw new MeterRulesError('cost.reserve.otherwise must be at least 1, for bodies without the members')
  return {
    fixed: always,
    perByte: per_byte ?? 0,
    perItem: Object.entries(per_item ?? {}).map(([pointer, each]) => ({
      path: stepsOf(pointer),
      units: each,
    })),
    members: pointers.map(stepsOf),
    otherwise: otherwise ?? 0,
  }
}

/** Whether what is reserved depends on the body, which must then be read. */
export function reservesByBody({ per_byte, per_item, members, member }: CostForm['reserve']): boolean {
  return [per_byte, per_item, members, member].some((each) => each !== undefined)
}
