import { challengeBodies } from '../../kinds/challenge-body.ts'

export const jsonLoneSurrogates = challengeBodies({
  id: 'json-lone-surrogates',
  title: 'JSON with half a character',
  oat: 'OAT-014',
  method: 'lone surrogates in a value and in a name: what is hashed and what is stored might differ',
  bodies: (genuine) => [
    { body: genuine.replace('"sdk":"', '"sdk":"\\ud800') },
    { body: genuine.replace('{', '{"\\udfff":1,') },
  ],
})
