import { randomBytes } from 'node:crypto'
import { tamperedAnswer, withClientData } from '../../kinds/tampered-answer.ts'

export const responseMadeUp = tamperedAnswer({
  id: 'response-made-up',
  title: 'The final value is made up, the tags are right',
  oat: 'OAT-020',
  method: 'each segment looks as it should, and the fresh reads were not done',
  tamper: withClientData(({ measurement }) => ({
    measurement: { ...measurement, response: randomBytes(32).toString('base64url') },
  })),
})
