const files = require('node:fs/promises')
const path = require('node:path')
const tools = require('expo/config-plugins')
const { makePlugin } = require('./make-plugin.cjs')

module.exports = tools.createRunOncePlugin(makePlugin(tools, files, path), '@assay/react-native', '0.1.0')
