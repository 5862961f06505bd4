export { protoXmlElements } from './elements.ts'
