/** An app with the SDK in it, before it is bundled. */
export { createNodeClient, nodeFolderImage } from '@assay/client/node'
export { coreFunctions, exercises } from '@assay/measurement'
