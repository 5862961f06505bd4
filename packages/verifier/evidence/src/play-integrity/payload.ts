import type { JsonObject, JsonValue } from '@assay/protocol'
import type { DeviceRecall } from './claims.ts'
import { PlayIntegrityError } from './errors.ts'
import { asObject, decodeJsonObject } from '../port/json-object.ts'

/**
 * The verdict as written by Google. What was not evaluated or not opted into is missing. Unknown members are ignored.
 */
export interface Payload {
  readonly requestPackageName: string
  readonly nonce: string | undefined
  readonly requestHash: string | undefined
  /** Milliseconds since 1970. */
  readonly timestamp: number
  readonly appRecognitionVerdict: string | undefined
  readonly packageName: string | undefined
  readonly certificates: readonly string[]
  readonly versionCode: number | undefined
  readonly deviceRecognitionVerdict: readonly string[]
  readonly sdkVersion: number | undefined
  readonly deviceActivityLevel: string | undefined
  readonly deviceRecall: DeviceRecall | undefined
  readonly appLicensingVerdict: string | undefined
  readonly accountActivityLevel: string | undefined
  readonly playProtectVerdict: string | undefined
  readonly appsDetected: readonly string[] | undefined
  readonly testResponse: boolean
}

/**
 * @throws PlayIntegrityError `PLAY_INTEGRITY_PAYLOAD` for what is not JSON, has a member twice, or as `parsePayload`
 */
export function decodePayload(bytes: Uint8Array): Payload {
  return parsePayload(decodeJsonObject(bytes))
}

/**
 * @param value as `JSON.parse` gives it
 * @throws PlayIntegrityError `PLAY_INTEGRITY_PAYLOAD` for what is missing or of another type
 */
export function parsePayload(value: unknown): Payload {
  const payload = asObject(value)
  if (payload === undefined) throw malformed()
  const request = object(payload.requestDetails)
  const requestPackageName = text(request.requestPackageName)
  const timestamp = milliseconds(request.timestampMillis)
  if (requestPackageName === undefined || timestamp === undefined) throw malformed()
  return {
    requestPackageName,
    timestamp,
    nonce: text(request.nonce),
    requestHash: text(request.requestHash),
    ...appIntegrity(object(payload.appIntegrity)),
    ...deviceIntegrity(object(payload.deviceIntegrity)),
    ...accountDetails(object(payload.accountDetails)),
    ...environmentDetails(object(payload.environmentDetails)),
    testResponse: flag(object(payload.testingDetails).isTestingResponse) ?? false,
  }
}

function appIntegrity(app: JsonObject) {
  return {
    appRecognitionVerdict: text(app.appRecognitionVerdict),
    packageName: text(app.packageName),
    certificates: list(app.certificateSha256Digest) ?? [],
    versionCode: wide(app.versionCode),
  }
}

function deviceIntegrity(device: JsonObject) {
  const recall = object(device.deviceRecall)
  return {
    deviceRecognitionVerdict: list(device.deviceRecognitionVerdict) ?? [],
    sdkVersion: integer(object(device.deviceAttributes).sdkVersion),
    deviceActivityLevel: text(object(device.recentDeviceActivity).deviceActivityLevel),
    deviceRecall: deviceRecall(object(recall.values), object(recall.writeDates)),
  }
}

function deviceRecall(values: JsonObject, dates: JsonObject): DeviceRecall | undefined {
  const recall = {
    ...named('bitFirst', flag(values.bitFirst)),
    ...named('bitSecond', flag(values.bitSecond)),
    ...named('bitThird', flag(values.bitThird)),
    ...named('yyyymmFirst', integer(dates.yyyymmFirst)),
    ...named('yyyymmSecond', integer(dates.yyyymmSecond)),
    ...named('yyyymmThird', integer(dates.yyyymmThird)),
  }
  return Object.keys(recall).length === 0 ? undefined : Object.freeze(recall)
}

function accountDetails(account: JsonObject) {
  return {
    appLicensingVerdict: text(account.appLicensingVerdict),
    accountActivityLevel: text(object(account.accountActivity).activityLevel),
  }
}

function environmentDetails(environment: JsonObject) {
  return {
    playProtectVerdict: text(environment.playProtectVerdict),
    appsDetected: list(object(environment.appAccessRiskVerdict).appsDetected),
  }
}

/** What Google leaves out may also come as an empty object or as null. */
function object(value: JsonValue | undefined): JsonObject {
  const found = value === undefined || value === null ? {} : asObject(value)
  if (found === undefined) throw malformed()
  return found
}

function text(value: JsonValue | undefined): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw malformed()
  return value
}

function flag(value: JsonValue | undefined): boolean | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'boolean') throw malformed()
  return value
}

function list(value: JsonValue | undefined): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined
  const isList = Array.isArray(value) && value.every((member) => typeof member === 'string')
  if (!isList) throw malformed()
  return Object.freeze(value)
}

function integer(value: JsonValue | undefined): number | undefined {
  if (value === undefined || value === null) return undefined
  if (!Number.isSafeInteger(value)) throw malformed()
  return value as number
}

/** A 64-bit number, which Google writes as a string; beyond 2^53 the nearest number to it. */
function wide(value: JsonValue | undefined): number | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string' || !/^\d{1,19}$/.test(value) || BigInt(value) >= 2n ** 63n) throw malformed()
  return Number(value)
}

function milliseconds(value: JsonValue | undefined): number | undefined {
  const number = wide(value)
  if (number !== undefined && !Number.isSafeInteger(number)) throw malformed()
  return number
}

function malformed(): PlayIntegrityError {
  return new PlayIntegrityError('PLAY_INTEGRITY_PAYLOAD')
}

/** A member with this name, or none if there is no value: unknown values are left out. */
export function named<Name extends string, T>(
  name: Name,
  value: T | undefined,
): { readonly [_ in Name]?: T } {
  return value === undefined ? {} : ({ [name]: value } as { [_ in Name]: T })
}
