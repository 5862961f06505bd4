import { toolNamed, type ToolPlatform } from '@assay/protocol'
import { member, orRefuse, type Answering } from './answering.ts'

export const answerToolNames: Answering = (input) =>
  orRefuse(toolNamed(member<ToolPlatform>(input, 'platform'), member(input, 'path')), 'NO_TOOL')
