import type { Json, JsonObject } from '@upon/engine'
import { afterAll, describe, expect, test } from 'vitest'
import { PARAMETERS_BYTES_MAX } from './limits.ts'
import { checkParameters, mentionedNames, renderParameters } from './parameters.ts'
import { createRenderer, TemplateError } from './renderer.ts'
import { eventContext } from './template-cases.ts'

const renderer = createRenderer()
afterAll(() => renderer[Symbol.asyncDispose]())
const context = eventContext()
const variables = new Map<string, Json>([
  ['threshold', 0.9],
  ['template', 'n is {{ event.payload.n }}'],
  ['config', { a: [1] }],
])

const render = (parameters: JsonObject) =>
  renderParameters(parameters, { context, renderer, variable: async (name) => variables.get(name) })
const rendered = async (parameters: JsonObject) => (await render(parameters)).parameters
const failure = (parameters: JsonObject) => render(parameters).catch((error: unknown) => error)

describe('plain text', () => {
  test('keeps the type of an expression and the text around one', async () => {
    const parameters = {
      whole: '{{ event }}',
      number: ' {{ event.payload.n }} ',
      flag: '{{ event.payload.flag }}',
      none: '{{ event.payload.none }}',
      text: 'n={{ event.payload.n }}',
      two: '{{ event.payload.n }}{{ event.payload.n }}',
      plain: 'as it is',
      seven: 7,
    }
    const expected = { whole: context.event, number: 41, flag: true, none: null, text: 'n=41', two: '4141' }
    expect(await rendered(parameters)).toEqual({ ...expected, plain: 'as it is', seven: 7 })
  })

  test('is rendered in objects and lists at any depth', async () => {
    const parameters = {
      a: { b: ['{{ event.payload.n }}', ['x{{ event.payload.n }}', { c: '{{ event.payload.items }}' }]] },
    }
    expect(await rendered(parameters)).toEqual({ a: { b: [41, ['x41', { c: ['a', 'b'] }]] } })
  })

  test('that is one undefined expression is an error with its path', async () => {
    const error = await failure({ ok: 1, list: [1, { x: '{{ event.payload.absent }}' }] })
    expect(error).toBeInstanceOf(TemplateError)
    expect(error).toMatchObject({
      code: 'template_undefined',
      path: 'parameters.list[1].x',
      template: '{{ event.payload.absent }}',
      message: 'parameters.list[1].x: event.payload.absent is undefined',
    })
  })

  test('with something undefined inside is rendered, with a warning', async () => {
    expect(await render({ x: 'hi {{ event.payload.gone }}!' })).toEqual({
      parameters: { x: 'hi !' },
      warnings: ['parameters.x: event.payload.gone is undefined and was left empty'],
    })
  })
})

describe('objects with a kind', () => {
  const jinja = (template: Json) => ({ __prefect_kind: 'jinja', template })
  const json = (value: Json) => ({ __prefect_kind: 'json', value })
  const variable = (name: string) => ({ __prefect_kind: 'workspace_variable', variable_name: name })

  test.for([
    ['jinja gives text', jinja('{{ event.payload.n }}'), '41'],
    ['jinja of what is undefined gives nothing', jinja('{{ gone }}'), ''],
    ['jinja takes its template from a variable', jinja(variable('template')), 'n is 41'],
    ['json parses text', json('{"a": [1, null]}'), { a: [1, null] }],
    ['json keeps what is no text', json([1, '{{ x }}']), [1, '{{ x }}']],
    ['json parses what jinja makes', json(jinja('{{ event.payload.nested | tojson }}')), { z: 1, a: [1, { q: 2.5 }] }],
    ['json does not render text inside', json({ a: '{{ event.payload.n }}' }), { a: '{{ event.payload.n }}' }],
    ['json hydrates objects inside', json({ a: jinja('{{ event.payload.n }}') }), { a: '41' }],
    ['none gives its value', { __prefect_kind: 'none', value: { a: '{{ x }}' } }, { a: '{{ x }}' }],
    ['a variable gives its value', variable('config'), { a: [1] }],
    ['a number variable stays a number', variable('threshold'), 0.9],
    ['an unknown kind gives its value', { __prefect_kind: 'other', value: 3 }, 3],
    ['an unknown kind without value gives null', { __prefect_kind: 'other' }, null],
  ] as const)('%s', async ([, given, expected]) => {
    expect(await rendered({ x: given })).toEqual({ x: expected })
    expect(checkParameters({ x: given }, renderer)).toEqual([])
  })

  test('what lacks its value is removed from its parent', async () => {
    const gone = { __prefect_kind: 'json' }
    const parameters = { a: gone, b: [1, gone, { __prefect_kind: 'workspace_variable' }, 2], c: { d: gone } }
    expect(await rendered(parameters)).toEqual({ b: [1, 2], c: {} })
  })

  test('an unknown variable is an error', async () => {
    expect(await failure({ x: variable('nope') })).toMatchObject({
      message: "parameters.x: Variable 'nope' not found in workspace.",
    })
  })

  test('text that is no JSON is an error with its path', async () => {
    expect(await failure({ x: [json(jinja('n: {{ event.payload.n }}'))] })).toMatchObject({
      path: 'parameters.x[0]',
      message: expect.stringContaining('is not valid JSON'),
    })
  })
})

describe('before saving', () => {
  test('every mistake is told with its path, in lists too', () => {
    const problems = checkParameters(
      {
        a: '{{ x',
        b: [1, { c: ['{{ x | uper }}'] }],
        d: { __prefect_kind: 'jinja' },
        e: { __prefect_kind: 'none' },
        f: { __prefect_kind: 'json', value: '{' },
        g: { __prefect_kind: 'jinja', template: '{% if %}' },
        h: { __prefect_kind: 'workspace_variable', variable_name: 3 },
        fine: '{{ anything.at.all }}',
      },
      renderer,
    )
    const told = Object.fromEntries(problems.map(({ path, message }) => [path, message]))
    expect(Object.keys(told).sort()).toEqual(
      ['a', 'b[1].c[0]', 'd', 'e', 'f.value', 'g', 'h.variable_name'].map((path) => `parameters.${path}`),
    )
    expect(told['parameters.b[1].c[0]']).toBe(
      'is not a valid template: line 1, column 8: there is no filter "uper"; did you mean "upper"?',
    )
    expect(told['parameters.d']).toBe("Missing 'template' key in __prefect object")
    expect(told['parameters.e']).toBe("Missing 'value' key in __prefect object")
  })

  test('the names to fetch are known without rendering', () => {
    const parameters = {
      a: '{{ event.payload.n }} {{ flow.name }}',
      b: [{ __prefect_kind: 'jinja', template: '{{ variables.x }}' }],
      c: { __prefect_kind: 'json', value: { d: { __prefect_kind: 'workspace_variable', variable_name: 'v' } } },
      e: { __prefect_kind: 'none', value: '{{ work_pool.name }}' },
    }
    const { names, variables } = mentionedNames(parameters, renderer)
    expect([...names].sort()).toEqual(['event', 'flow', 'variables'])
    expect([...variables]).toEqual(['v'])
  })
})

test('the result has a limit in bytes', async () => {
  const empty = JSON.stringify({ x: '' }).length
  expect(await rendered({ x: 'y'.repeat(PARAMETERS_BYTES_MAX - empty) })).toBeTruthy()
  expect(await failure({ x: 'y'.repeat(PARAMETERS_BYTES_MAX - empty + 1) })).toMatchObject({
    code: 'template_limit',
    message: 'parameters: have 524289 bytes when rendered; the limit is 524288',
  })
})
