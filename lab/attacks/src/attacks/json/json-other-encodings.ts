import { challengeBodies } from '../../kinds/challenge-body.ts'

export const jsonOtherEncodings = challengeBodies({
  id: 'json-other-encodings',
  title: 'JSON in another encoding, or two documents in one',
  oat: 'OAT-014',
  method:
    'UTF-16, a byte-order mark, invalid and overlong UTF-8, comments, a second document behind the first',
  bodies: (genuine) => [
    { body: Buffer.from(genuine, 'utf16le') },
    { body: `\ufeff${genuine}` },
    { body: Buffer.from(genuine.replace('"sdk":"', '"sdk":"\xff'), 'latin1') },
    { body: Buffer.from(genuine.replace('"app"', '"\xc1\xa1pp"'), 'latin1') },
    { body: `/* */${genuine}` },
    { body: genuine + genuine },
  ],
})
