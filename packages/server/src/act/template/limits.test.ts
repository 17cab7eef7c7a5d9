import { spawnSync } from 'node:child_process'
import { afterAll, describe, expect, test } from 'vitest'
import { LOOPS_MAX, OUTPUT_CHARS_MAX, RANGE_MAX, SOURCE_CHARS_MAX, TAG_TOKENS_MAX } from './limits.ts'
import { createRenderer } from './renderer.ts'
import { eventContext, templateCases } from './template-cases.ts'

const renderer = createRenderer()
afterAll(() => renderer[Symbol.asyncDispose]())
const context = eventContext()

const outcome = (template: string, values = context) =>
  renderer.renderText(template, values).then(
    ({ text }) => text,
    (error: unknown) => error,
  )

describe('before saving', () => {
  test.for(templateCases('problem'))(
    'a mistake is told with its place: $template',
    ({ template, line, column, message }) => {
      const problem = renderer.check(String(template))
      expect(problem).toMatchObject({ line, column, message: expect.stringContaining(String(message)) })
      expect(problem?.snippet.split('\n').at(-1)?.trim()).toBe('^')
    },
  )

  test('the limits are where they say', () => {
    const loops = (count: number) => '{% for a in b %}{% endfor %}'.repeat(count)
    expect(renderer.check(loops(LOOPS_MAX))).toBeNull()
    expect(renderer.check(loops(LOOPS_MAX + 1))?.message).toContain('more than 10')
    const long = (chars: number) => '{{ a }}'.padEnd(chars, '.')
    expect(renderer.check(long(SOURCE_CHARS_MAX))).toBeNull()
    expect(renderer.check(long(SOURCE_CHARS_MAX + 1))?.message).toContain('the limit is 16384')
    const wide = (tokens: number) => `{{ a${' ~ a'.repeat((tokens - 1) / 2)} }}`
    expect(renderer.check(wide(TAG_TOKENS_MAX - 1))).toBeNull()
    expect(renderer.check(wide(TAG_TOKENS_MAX + 1))?.message).toContain('the limit is 500')
  })

  test('numbers may be multiplied, also those an argument in quotes leads to', () => {
    for (const template of ['{{ 2 * 3 }}', '{{ event.payload.get("n") * 2 }}', '{{ (a + 1) * b["c"] }}']) {
      expect(renderer.check(template)).toBeNull()
    }
  })

  test('deep nesting is refused, not crashed on', () => {
    for (const template of [
      `{{ ${'('.repeat(200)}1${')'.repeat(200)} }}`,
      '{% if a %}'.repeat(800),
      `{{ ${'-'.repeat(490)}1 }}`,
    ]) {
      renderer.check(template)
    }
    expect(renderer.check('{{ a }}')).toBeNull()
    expect(renderer.check('{% if a %}'.repeat(800))?.message).toContain('recursion')
  })
})

describe('while rendering', () => {
  test('ranges end at their limit', async () => {
    expect(await outcome(`{{ range(${RANGE_MAX}) | length }}`)).toBe('100')
    expect(await outcome(`{{ range(${RANGE_MAX + 1}) | length }}`)).toMatchObject({
      message: 'range() would have 101 elements; the limit is 100',
    })
  })

  test('loops run out of steps', async () => {
    const list = Array.from({ length: 1_000 }, (_, index) => index)
    const template = '{% for a in list %}{% for b in list %}{{ a }}{% endfor %}{% endfor %}'
    expect(await outcome(template, { list })).toMatchObject({
      code: 'template_limit',
      message: expect.stringContaining('steps'),
    })
  })

  test('a macro that calls itself ends', async () => {
    expect(await outcome('{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}')).toBeInstanceOf(Error)
    expect(await outcome('{{ 1 + 1 }}')).toBe('2')
  })

  test('text that grows out of bounds ends the engine, and the next template finds a new one', async () => {
    const repeated = '{{ event.event * 200000000 }}'
    expect(await outcome(repeated)).toMatchObject({
      code: 'template_limit',
      message: expect.stringContaining('memory'),
    })
    const doubled = `{% set a = event.event %}${'{% set a = a ~ a %}'.repeat(40)}{{ a }}`
    expect(await outcome(doubled)).toMatchObject({ code: 'template_limit' })
    expect(await outcome('{{ event.payload.n + 1 }}')).toBe('42')
  })

  test('output ends at its limit', async () => {
    const text = 'x'.repeat(1_024)
    const times = OUTPUT_CHARS_MAX / text.length
    const list = Array.from({ length: times }, () => text)
    const template = '{% for a in list %}{{ a }}{% endfor %}'
    expect(await outcome(template, { list })).toHaveLength(OUTPUT_CHARS_MAX)
    expect(await outcome(`${template}.`, { list })).toMatchObject({ code: 'template_limit' })
    expect(await outcome('{{ a }}{{ a }}', { a: 'x'.repeat(OUTPUT_CHARS_MAX) })).toMatchObject({
      code: 'template_limit',
    })
  })

  test('a slow template is ended at its time budget, and the next one is rendered', async () => {
    const quick = createRenderer({ timeoutMs: 300 })
    const list = Array.from({ length: 60_000 }, (_, index) => String((index * 7_919) % 60_013))
    const slow = quick.renderText(`{{ list${' | sort | reverse'.repeat(80)} | length }}.`, { list })
    const next = quick.renderText('{{ 20 + 1 }}', {})
    await expect(slow).rejects.toMatchObject({
      code: 'template_limit',
      message: 'the template took longer than its time budget of 300 ms',
    })
    expect((await next).text).toBe('21')
    await quick[Symbol.asyncDispose]()
  })

  test('a renderer that has nothing to do keeps no process alive', () => {
    const module = JSON.stringify(new URL('./renderer.js', import.meta.url).href)
    const program = `import { createRenderer } from ${module}
      console.log((await createRenderer().renderText('{{ 20 + 1 }}', {})).text)`
    const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
      timeout: 20_000,
    })
    expect({ stdout, status }).toEqual({ stdout: '21\n', status: 0 })
  })

  test('closing the renderer answers what is waiting', async () => {
    const closed = createRenderer()
    const waiting = expect(closed.renderText('{{ 1 + 1 }}', {})).rejects.toThrow('closed')
    await closed[Symbol.asyncDispose]()
    await waiting
  })
})

describe('the sandbox', () => {
  test.for(templateCases('escape'))('gives nothing of the process away: $template', async ({ template }) => {
    const result = await outcome(String(template))
    const text = result instanceof Error ? result.message : String(result)
    expect(text).not.toContain(process.version)
    expect(text).not.toMatch(/native code|function Function|\[object|node:|polluted":|PATH=/)
  })

  test('what a payload calls itself stays data', async () => {
    const payload = JSON.parse('{"__proto__": {"polluted": 1}, "constructor": "c", "_x": 2}')
    const event = { resource: {}, payload }
    expect(
      await outcome('{{ event.payload.constructor }} {{ event.payload._x }} {{ event.payload.__proto__.polluted }}', {
        event,
      }),
    ).toBe('c 2 1')
    expect((await renderer.renderValue('{{ [event.payload] }}', { event })).value).toEqual([payload])
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })
})
