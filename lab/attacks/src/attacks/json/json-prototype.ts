import { challengeBodies } from '../../kinds/challenge-body.ts'

export const jsonPrototype = challengeBodies({
  id: 'json-prototype',
  title: 'JSON that reaches for the prototype, or adds members',
  oat: 'OAT-014',
  method: '__proto__, constructor, and members that a careless service might take over (tier, platform)',
  bodies: (genuine) =>
    [
      '"__proto__":{"tier":"affirming"}',
      '"constructor":{"prototype":{}}',
      '"tier":"affirming"',
      '"platform":"web"',
    ].map((member) => ({ body: genuine.replace('{', `{${member},`) })),
})
