import type { Json } from '@upon/engine'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { createRenderer, TemplateError } from './renderer.ts'
import { eventContext, templateCases } from './template-cases.ts'
import { isObject } from './view.ts'

const renderer = createRenderer()
afterAll(() => renderer[Symbol.asyncDispose]())
const context = eventContext()

const object = (value: Json | undefined) => (isObject(value) ? value : {})

describe('text', () => {
  test.for(templateCases('text'))('prints what Jinja prints: $template', async ({ template, context, text }) => {
    expect(renderer.check(String(template))).toBeNull()
    expect((await renderer.renderText(String(template), object(context))).text).toBe(text)
  })

  test.for(templateCases('differences'))(
    'differs from Jinja as documented: $template',
    async ({ template, context, text }) => {
      expect((await renderer.renderText(String(template), object(context))).text).toBe(text)
    },
  )

  test.for(templateCases('event'))('knows events and labels: $template', async ({ template, text }) => {
    expect(renderer.check(String(template))).toBeNull()
    expect((await renderer.renderText(String(template), context)).text).toBe(text)
  })

  test.for(templateCases('undefined'))(
    'names what is undefined: $template',
    async ({ template, text, undefined: names }) => {
      expect(await renderer.renderText(String(template), context)).toEqual({ text, undefinedNames: names })
    },
  )

  test('text without a tag is not touched, whatever else it contains', async () => {
    const text = 'a } %} {# no comment #} {x}\n'
    expect(await renderer.renderText(text, {})).toEqual({ text, undefinedNames: [] })
  })
})

describe('values', () => {
  test.for(templateCases('value'))('keep their type: $template', async ({ template, context, value }) => {
    expect((await renderer.renderValue(String(template), object(context))).value).toEqual(value)
  })

  test('the whole event comes through as the object it is, in its own order', async () => {
    const { value } = await renderer.renderValue('{{ event }}', context)
    expect(JSON.stringify(value)).toBe(JSON.stringify(context.event))
  })

  test('an event chosen by an expression is the event, without the helpers templates see', async () => {
    const { value } = await renderer.renderValue('{{ event if event.payload.n > 1 else none }}', context)
    expect(value).toEqual(context.event)
    expect((await renderer.renderValue('{{ [event.resource, event.related | first] }}', context)).value).toEqual([
      object(context.event).resource,
      { 'prefect.resource.id': 'prefect.flow.1', 'prefect.resource.role': 'flow', 'prefect.resource.name': 'train' },
    ])
  })

  test('an expression that already ends in tojson gives text', async () => {
    expect((await renderer.renderValue('{{ event.payload.items | tojson }}', context)).value).toBe('["a", "b"]')
  })

  test('any JSON comes back unchanged from the payload', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (payload) => {
        const json: Json = JSON.parse(JSON.stringify(payload))
        const event = { resource: {}, payload: json }
        expect((await renderer.renderValue('{{ event.payload }}', { event })).value).toEqual(json)
      }),
      { numRuns: 300 },
    )
  })

  test('any JSON comes back from the engine, too', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 4 }), async (payload) => {
        const json: Json = JSON.parse(JSON.stringify(payload))
        const event = { resource: {}, payload: json }
        expect((await renderer.renderValue('{{ [event.payload] }}', { event })).value).toEqual([json])
      }),
      { numRuns: 100 },
    )
  })

  test.for([
    ['{{ event.payload.m }}', 'event.payload.m is undefined (did you mean "n"?)'],
    ['{{ event.payload.gone.deep }}', 'event.payload.gone.deep is undefined'],
    ['{{ gone }}', 'gone is undefined'],
    ['{{ event.payload.n if false }}', 'event.payload.n if false is undefined'],
    ["{{ event.related | selectattr('gone') | first }}", "event.related | selectattr('gone') | first is undefined"],
  ] as const)('a value that is undefined is an error: %s', async ([template, message]) => {
    const error = await renderer.renderValue(template, context).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(TemplateError)
    expect(error).toMatchObject({ code: 'template_undefined', template, message })
  })
})

describe('names', () => {
  test.for([
    ['{{ event.payload.x }} {{ flow_run.name | default(flow.name) }}', ['event', 'flow', 'flow_run']],
    [
      '{% for r in event.related if r.role == labels.role %}{{ r.id }}{{ loop.index }}{% endfor %}',
      ['event', 'labels'],
    ],
    [
      "{% set a = variables['x'] %}{{ a | replace(old=deployment.name, new='y') }} {{ range(3) }}",
      ['deployment', 'variables'],
    ],
    ['no template, though it says event', []],
    ['{{ "event" }} {{ 1 is divisibleby 2 }} {# flow #}', []],
  ] as const)('are the top-level names a template reads: %s', ([template, names]) => {
    expect([...renderer.namesIn(template)].sort()).toEqual(names)
  })
})
