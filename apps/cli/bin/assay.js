#!/usr/bin/env node
// npm links this file at its install, before there is a build.
import '../dist/program/main.mjs'
