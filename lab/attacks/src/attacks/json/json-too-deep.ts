import { challengeBodies } from '../../kinds/challenge-body.ts'

export const jsonTooDeep = challengeBodies({
  id: 'json-too-deep',
  title: 'JSON nested until a parser gives up',
  oat: 'OAT-015',
  method: '3,000 arrays and as many objects, within the size that is allowed',
  bodies: (genuine) => [
    { body: genuine.replace('{', `{"x":${'['.repeat(3000)}${']'.repeat(3000)},`) },
    { body: genuine.replace('{', `{"x":${'{"a":'.repeat(1000)}1${'}'.repeat(1000)},`) },
  ],
})
