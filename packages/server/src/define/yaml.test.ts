import { expect, test } from 'vitest'
import { problemText } from './located-problem.ts'
import type { SourceDocument } from './source-document.ts'
import {
  DEFINITION_CHARS_MAX,
  NESTING_MAX,
  type ParsedSource,
  parseJsonSource,
  parseSource,
  parseYaml,
} from './yaml.ts'

function yaml(text: string): SourceDocument {
  return only(parseYaml({ path: 'a.yaml', text }))
}

function only(parsed: ParsedSource): SourceDocument {
  if (!parsed.ok) throw new Error(parsed.problems.map(problemText).join('\n'))
  const [document] = parsed.documents
  if (document === undefined || parsed.documents.length !== 1) throw new Error(`${parsed.documents.length} documents`)
  return document
}

function mistakes(parsed: ParsedSource): string[] {
  return parsed.ok ? [] : parsed.problems.map(({ line, column, message }) => `${line}:${column} ${message}`)
}

const yamlMistakes = (text: string) => mistakes(parseYaml({ path: 'a.yaml', text }))
const jsonMistakes = (text: string) => mistakes(parseJsonSource({ path: 'a.json', text }))

test('every part of a document has its line and column, with dots in keys and through aliases and merge keys', () => {
  const document = yaml(`trigger:
  match:
    prefect.resource.id: x
    prefect: {resource: y}
  match_related:
    - a: 1
    - &second {role: flow, id: z}
base: &base
  retries: 3
job:
  <<: *base
  link: *second
`)
  const at = (path: string) => {
    const { line, column } = document.place(path)
    return `${line}:${column}`
  }
  expect(at('')).toBe('1:1')
  expect(at('trigger.match.prefect.resource.id')).toBe('3:5')
  expect(at('trigger.match.prefect.resource')).toBe('4:15')
  expect(at('trigger.match_related[1]')).toBe('7:15')
  expect(at('trigger.match_related[1].id')).toBe('7:28')
  expect(at('job.retries')).toBe('9:3')
  expect(at('job.link.role')).toBe('7:16')
  expect(at('trigger.match_related[0].missing')).toBe('6:7')
  expect(at('nothing.here')).toBe('1:1')
})

test('a problem is shown with its place, the line and a caret', () => {
  const problem = yaml('name: a\ntrigger:\n\tb:\n'.replace('\t', '  ')).locate({
    path: 'trigger.b',
    message: 'must be text',
    found: '3',
    suggestion: 'c',
  })
  expect(problemText(problem)).toBe(
    'a.yaml:3:3: trigger.b: must be text, not 3; did you mean "c"?\n  3 |   b:\n    |   ^',
  )
})

test('merged keys give way to written ones, and the first of several merges wins', () => {
  const { value } = yaml('a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc:\n  z: 3\n  <<: [*a, *b]\n')
  expect(value).toMatchObject({ c: { x: 1, y: 1, z: 3 } })
})

test('several documents are read in order', () => {
  const parsed = parseYaml({ path: 'a.yaml', text: 'key: a\n---\nkey: b\n' })
  expect(parsed.ok && parsed.documents.map((document) => document.value)).toEqual([{ key: 'a' }, { key: 'b' }])
  expect(parsed.ok && parsed.documents[1]?.place('key').line).toBe(3)
})

test.each([
  ['a: 1\nb: [1,\nc: 2', /^3:1 /],
  ['a: b: c', /^1:4 nested mappings are not allowed/],
  ['a: "x', /^1:6 missing closing/],
  ['a: 1\nb: 2\na: 3\n', /^3:1 the key "a" is given twice$/],
  ['a: *nope', /^1:4 no anchor "&nope" comes before the alias/],
  ['a: &a\n  b: *a', /^2:6 "\*a" contains itself$/],
  ['a: !py/object x', /^1:4 unresolved tag/],
  ['a: .nan', /^1:4 \.nan is not a JSON value$/],
  ['? [a, b]\n: 1', /^1:3 a key must be text$/],
  ['a: 1\nb:\n  <<: 3', /^3:7 "<<" takes an object/],
])('%j is refused with its line and column', (text, expected) => {
  expect(yamlMistakes(text)[0]).toMatch(expected)
})

test('aliases that multiply are refused at once', () => {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]']
  for (let level = 1; level < 9; level += 1) lines.push(`a${level}: &a${level} [${Array(10).fill(`*a${level - 1}`)}]`)
  expect(yamlMistakes(lines.join('\n'))[0]).toContain('aliases expand to more than 50000 values')
})

test('nesting is refused beyond its limit and read at it', () => {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
  expect(yamlMistakes(nested(NESTING_MAX))).toEqual([])
  expect(jsonMistakes(nested(NESTING_MAX))).toEqual([])
  expect(yamlMistakes(nested(NESTING_MAX + 1))).toEqual([
    `1:${NESTING_MAX + 1} lists and objects are nested more than 200 deep`,
  ])
  expect(yamlMistakes(`a: 1\n${'- '.repeat(20_000)}`)).toEqual(['2:1 lists and objects are nested more than 200 deep'])
  expect(yamlMistakes(' '.repeat(DEFINITION_CHARS_MAX + 1))).toEqual(['1:1 is larger than 8000000 characters'])
})

test('keys that are special in JavaScript are plain keys', () => {
  expect(JSON.stringify(yaml('__proto__: {a: 1}\nconstructor: 2').value)).toBe('{"__proto__":{"a":1},"constructor":2}')
})

test('JSON is read strictly, with places and with the line and column of the first mistake', () => {
  const document = only(parseSource({ path: 'A.JSON', text: '{\n\t"triggers": [\n\t\t{"expect": ["a"]}\n\t]\n}' }))
  expect(document.value).toEqual({ triggers: [{ expect: ['a'] }] })
  expect(document.place('triggers[0].expect')).toEqual({ file: 'A.JSON', line: 3, column: 4 })
  expect(jsonMistakes('{\n "a": 1,\n}')).toEqual(['3:1 expected a key in double quotes, found "}"'])
  expect(jsonMistakes("{'a': 1}")[0]).toMatch(/^1:2 /)
  expect(jsonMistakes('{"a": 1, "a": 2}')).toEqual(['1:10 the key "a" is given twice'])
  expect(jsonMistakes('')).toEqual(['1:1 expected a value, found the end of the text'])
})

test('yes and no are booleans where YAML 1.1 is asked for, but never as keys or in quotes', () => {
  const text = 'on: yes\nn: No\nquoted: "yes"\nlist: [off]\nversion: 1.10\n'
  expect(only(parseYaml({ path: 'a', text, yaml11: true, textKeys: ['version'] })).value).toEqual({
    on: true,
    n: false,
    quoted: 'yes',
    list: [false],
    version: '1.10',
  })
  expect(yaml('on: yes').value).toEqual({ on: 'yes' })
})
