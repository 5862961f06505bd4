import { codeOf, startPhone, type PhoneOptions, type Stage } from '../scenarios/scenario.ts'
import { send, type Code } from './attack.ts'

let last = 0
/** Makes a unique name for a phone. */
export const newName = () => `attack-${(last += 1)}`

/** The app on this phone calls the API through its SDK. */
export async function attempt(stage: Stage, options: Omit<PhoneOptions, 'name'> = {}): Promise<Code> {
  const phone = await startPhone(stage, { ...options, name: newName() })
  return callFrom(stage, phone)
}

/** The same from a phone that was started, which ends with it. */
export async function callFrom(stage: Stage, phone: Awaited<ReturnType<typeof startPhone>>): Promise<Code> {
  try {
    const reply = await phone.ask('token')
    if (reply.error !== undefined) return await codeOf(stage, reply)
    const url = `${stage.world.api.url}/v1/orders`
    const headers = await phone.ask('sign', { method: 'GET', url })
    const { 'OAuth-Client-Attestation': token = '', DPoP: proof = '' } = headers as Record<string, string>
    return await send(stage.world.api, { 'OAuth-Client-Attestation': token, DPoP: proof })
  } finally {
    await phone.ask('close')
  }
}
