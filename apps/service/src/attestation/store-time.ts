import { ShortMalfunction } from '../faults/retryable-error.ts'
import type { Clock } from '../system/ports.ts'
import type { AppraisalPorts } from './appraise.ts'
import type { VouchingKeyId } from './model/installation.ts'
import type { InstallationStore } from './model/ports.ts'

/** What an exchange asks of the store from the first use of its challenge on. */
export interface StorePorts extends Pick<AppraisalPorts, 'policyFor' | 'bootKeys' | 'isAllowed'> {
  installations: InstallationStore
  isBanned: (app: string, vouchingKey: VouchingKeyId) => Promise<boolean>
  isInstallationBanned: (app: string, thumbprint: string) => Promise<boolean>
}

/** The answers of the store together took longer than an exchange may wait for it. */
export class StoreTooSlow extends ShortMalfunction {
  override readonly name = 'StoreTooSlow'

  /** @param chance from 0 to 1 */
  constructor(chance: number) {
    super('the store took too long over one exchange', chance)
  }
}

/**
 * The ports of one exchange, which together wait so long for the store and no longer. Each statement has a limit of its own,
 * but an enrolment has several. What was asked last may be carried out after the exchange has ended, as after any time-out.
 *
 * @param most milliseconds
 * @param steady milliseconds, which only rise
 */
export function withinStoreTime<Ports extends StorePorts>(ports: Ports, most: number, steady: Clock): Ports {
  let left = most
  let asking = 0
  let since = 0
  const limited =
    <Given extends unknown[], Answer>(ask: (...given: Given) => Promise<Answer>) =>
    async (...given: Given): Promise<Answer> => {
      if (asking === 0) since = steady()
      asking += 1
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => reject(new StoreTooSlow(Math.random())), left - (steady() - since))
      })
      try {
        return await Promise.race([ask(...given), late])
      } finally {
        clearTimeout(timer)
        asking -= 1
        if (asking === 0) left -= steady() - since
      }
    }
  const { installations } = ports
  return {
    ...ports,
    policyFor: limited(ports.policyFor),
    bootKeys: limited(ports.bootKeys),
    isAllowed: limited(ports.isAllowed),
    isBanned: limited(ports.isBanned),
    isInstallationBanned: limited(ports.isInstallationBanned),
    installations: {
      find: limited(installations.find),
      countEnrolments: limited(installations.countEnrolments),
      recall: limited(installations.recall),
      takeBack: limited(installations.takeBack),
      enrol: limited(installations.enrol),
      refresh: limited(installations.refresh),
    },
  }
}
