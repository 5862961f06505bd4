import { rawRequests } from '../../kinds/raw-request.ts'

const targets = [
  '/v1%2Forders',
  '/v1%2forders',
  '/v1/%6Frders',
  '/%76%31/orders',
  '/%2576%2531/orders',
  '//v1/orders',
  '/v1//orders',
  '/./v1/orders',
  '/health/../v1/orders',
  '/health/%2e%2e/v1/orders',
  '/health/..%2fv1/orders',
  '/v1/orders/',
  '/v1/orders;x=1',
  '/v1/orders%00',
  '/v1\\orders',
  '/health?/v1/orders',
  '/v1/orders#/health',
]

export const pathDisguised = rawRequests({
  id: 'path-disguised',
  title: 'The path in other characters, past the place where the guard is mounted',
  oat: 'OAT-014',
  method:
    'escaped letters and slashes, dots, double slashes, parameters, a null, a backslash; without credentials',
  variants: targets.map(
    (target) =>
      ({ request }) =>
        request(`GET ${target}`),
  ),
})
