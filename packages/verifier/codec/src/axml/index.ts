export { axmlElements } from './elements.ts'
export type { AxmlAttribute, AxmlElement, AxmlValue } from './elements.ts'
