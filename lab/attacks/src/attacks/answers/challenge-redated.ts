import { tamperedAnswer, withClientData } from '../../kinds/tampered-answer.ts'

export const challengeRedated = tamperedAnswer({
  id: 'challenge-redated',
  title: 'A challenge is given a later date',
  oat: 'OAT-006',
  method: 'its time of issue is put an hour ahead, so that it would be good for longer',
  tamper: withClientData(({ challenge }) => {
    const bytes = Buffer.from(challenge, 'base64url')
    bytes.writeUInt32BE(bytes.readUInt32BE(4) + 3600, 4)
    return { challenge: bytes.toString('base64url') }
  }),
})
