/**
 * Words that mean something else by now, or nothing: `banned-word-list.mjs`. As a rule of ESLint it reads identifiers,
 * type names and comments; as a program the names of all files and the text of every Markdown page. Strings are never
 * read, nor identifiers with an underscore: names of the wire and of the store keep their words.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { bannedWords } from './banned-word-list.mjs'

/** Pages that quote the words: the glossary, and what has been written about releases. */
const quoting = /^(docs\/glossary|CHANGELOG)\.md$/

const ownFiles = /^tools\/banned-word[^/]*$/

/** The lower-case words of an identifier or a file name, with one space between them. */
function wordsOf(name) {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .split(/[^A-Za-z0-9]+/)
    .join(' ')
    .toLowerCase()
}

const hasWord = (text, words) => words.find((word) => ` ${text} `.includes(` ${word} `))

/** The words that are banned in a file. */
export function bannedIn(file, list = bannedWords) {
  return list.filter(({ outside }) => outside?.test(file) !== true)
}

/** @returns the word in an identifier, and what comes for it; undefined: it is free */
export function wordInIdentifier(name, list) {
  if (name.includes('_')) return undefined
  return firstOf(list, ({ words = [], except = [] }) =>
    except.includes(name) ? undefined : hasWord(wordsOf(name), words),
  )
}

export function wordInTypeName(name, isExported, list) {
  return firstOf(list, ({ types = [], exported = false }) =>
    types.includes(name) && (isExported || !exported) ? name : undefined,
  )
}

export function wordInFileName(file, list) {
  return firstOf(list, ({ words = [] }) => hasWord(wordsOf(path.posix.basename(file)), words))
}

/** @param text a comment or a page; what is in backticks, in a block of code or the target of a link is not read */
export function wordInText(text, list) {
  const prose = text
    .replaceAll(/^ *(```|~~~)[^]*?^ *\1/gm, '')
    .replaceAll(/(`+)[^]*?\1/g, '')
    .replaceAll(/\]\([^)]*\)/g, ']')
  const words = ` ${prose
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .join(' ')} `
  return firstOf(list, (entry) => (entry.text === true ? hasWord(words.trim(), entry.words) : undefined))
}

function firstOf(list, wordIn) {
  for (const entry of list) {
    const word = wordIn(entry)
    if (word !== undefined) return { word, instead: entry.instead }
  }
  return undefined
}

/** @returns {string[]} the names of files, and the pages, that have a banned word */
export function checkPages(files, read, list = bannedWords) {
  return files.flatMap((file) => {
    if (quoting.test(file) || ownFiles.test(file)) return []
    const banned = bannedIn(file, list)
    const found = [
      wordInFileName(file, banned),
      file.endsWith('.md') ? wordInText(read(file), banned) : undefined,
    ]
    return found.flatMap((hit) =>
      hit === undefined ? [] : [`${file}: "${hit.word}" is banned; write: ${hit.instead}`],
    )
  })
}

/** @type {import('eslint').Rule.RuleModule} */
const rule = {
  meta: {
    type: 'suggestion',
    messages: { banned: '"{{word}}" is banned (docs/glossary.md, Renames); write: {{instead}}.' },
    schema: [],
  },
  create(context) {
    const file = path.relative(context.cwd, context.filename).split(path.sep).join('/')
    const banned = bannedIn(file)
    const report = (node, data) => {
      if (data !== undefined) context.report({ node, messageId: 'banned', data })
    }
    const name = (node) => report(node, wordInIdentifier(node.name, banned))
    return {
      Program() {
        for (const comment of context.sourceCode.getAllComments())
          report(comment, wordInText(comment.value, banned))
      },
      Identifier: name,
      PrivateIdentifier: name,
      JSXIdentifier: name,
      ':matches(TSInterfaceDeclaration, TSTypeAliasDeclaration, TSEnumDeclaration, ClassDeclaration)[id]'(
        node,
      ) {
        const isExported = node.parent.type === 'ExportNamedDeclaration'
        report(node.id, wordInTypeName(node.id.name, isExported, banned))
      },
      'ExportSpecifier > Identifier.exported'(node) {
        report(node, wordInTypeName(node.name, true, banned))
      },
    }
  },
}

/** For `eslint.config.js`. */
export const bannedWordsPlugin = { rules: { 'banned-words': rule } }

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const files = execFileSync('git', ['ls-files'], { encoding: 'utf8', maxBuffer: 1 << 26 })
    .trim()
    .split('\n')
  const problems = checkPages(
    files.filter((file) => existsSync(file)),
    (file) => readFileSync(file, 'utf8'),
  )
  for (const problem of problems) console.error(problem)
  process.exitCode = problems.length === 0 ? 0 : 1
}
