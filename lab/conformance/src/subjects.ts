import { coreSubjects } from './core/subjects.ts'
import { frameworkSubjects } from './frameworks/subjects.ts'
import { nginxSubject } from './gateways/nginx.ts'
import { oidcProviderSubjects } from './oidc-provider/subjects.ts'
import { sdkSubjects } from './sdk/subjects.ts'
import type { Subject } from './subject.ts'
import { workerdSubject } from './workerd/subject.ts'

/** Everything that the suite knows. One more: a folder beside these, and a line here. */
export const subjects: readonly Subject[] = [
  ...coreSubjects,
  workerdSubject,
  ...frameworkSubjects,
  nginxSubject,
  ...oidcProviderSubjects,
  ...sdkSubjects,
]
