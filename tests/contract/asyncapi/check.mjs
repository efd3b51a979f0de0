// Reads an AsyncAPI document on stdin and prints what the parser of the AsyncAPI initiative finds wrong with it, as JSON.
import { readFileSync } from 'node:fs'
import { Parser } from '@asyncapi/parser'

const { diagnostics } = await new Parser().parse(readFileSync(0, 'utf8'))
const wrong = diagnostics.filter(found => found.severity === 0)
console.log(JSON.stringify(wrong.map(found => `${found.path.join('.')}: ${found.message}`)))
