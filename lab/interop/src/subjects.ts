import { coreSubjects } from './core/subjects.ts'
import { frameworkSubjects } from './frameworks/subjects.ts'
import { gatewaySubjects } from './gateways/subjects.ts'
import { oidcProviderSubjects } from './oidc-provider/subjects.ts'
import { sdkSubjects } from './sdk/subjects.ts'
import { springBootSubjects } from './spring-boot/subjects.ts'
import { serviceSubjects } from './service/subjects.ts'
import type { Subject } from './subject/subject.ts'
import { workerdSubject } from './workerd/subject.ts'

/** All subjects. To add one, add a folder next to these, and a line here. */
export const subjects: readonly Subject[] = [
  ...coreSubjects,
  workerdSubject,
  ...frameworkSubjects,
  ...gatewaySubjects,
  ...oidcProviderSubjects,
  ...springBootSubjects,
  ...sdkSubjects,
  ...serviceSubjects,
]
