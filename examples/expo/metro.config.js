const { getDefaultConfig } = require('expo/metro-config')
const { withAssay } = require('@assay/react-native/metro')

module.exports = withAssay(getDefaultConfig(__dirname))
