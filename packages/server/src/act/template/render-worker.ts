import { parentPort } from 'node:worker_threads'
import { LRUCache } from 'lru-cache'
import { newEnvironment } from './engine.ts'
import { fromEngine } from './engine-value.ts'
import { FILTERS, readArguments } from './filters.ts'
import { FUEL_MAX, OUTPUT_CHARS_MAX, RANGE_MAX, TEMPLATES_CACHED_MAX } from './limits.ts'
import { pythonText } from './python-text.ts'
import { READY, type RenderRequest, type RenderResponse } from './render-message.ts'

/** What went on in the rendering under way. Filters cannot throw through the engine: it would be lost. */
let failure: string | null = null
let missing: number[] = []

const environment = newEnvironment()
let templates = 0
const compiled = new LRUCache<string, string>({
  max: TEMPLATES_CACHED_MAX,
  dispose: (name) => environment.removeTemplate(name),
})

/** Runs one of our functions on behalf of the engine; an error is kept until the rendering is over. */
function guarded<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch (error) {
    failure ??= error instanceof Error ? error.message : String(error)
    return undefined
  }
}

for (const [name, apply] of Object.entries(FILTERS)) {
  environment.addFilter(name, (value: unknown, ...args: unknown[]) => guarded(() => apply(value, readArguments(args))))
}
environment.addFilter('__out', (value: unknown, isNone: boolean, output: number) =>
  guarded(() => printed(value, isNone, output)),
)
environment.addFilter('__json', (value: unknown) => guarded(() => JSON.stringify(fromEngine(value))))
environment.addFilter('__get', (map: unknown, key: unknown, fallback: unknown) =>
  guarded(() => (map instanceof Map ? (map.has(key) ? map.get(key) : fallback) : fallback)),
)
environment.addGlobal('range', (...bounds: unknown[]) => guarded(() => range(bounds)) ?? [])

/** What the engine prints differently: truth, none and containers; and what is missing. */
function printed(value: unknown, isNone: boolean, output: number): string {
  if (value === undefined && !isNone) {
    missing.push(output)
    return ''
  }
  return pythonText(fromEngine(value))
}

function range(bounds: readonly unknown[]): readonly number[] {
  const [first = 0, second, step = 1] = bounds.map(Number)
  const [start, stop] = second === undefined ? [0, first] : [first, second]
  const length = Math.max(0, Math.ceil((stop - start) / step))
  if (!Number.isInteger(length)) throw new Error('range() takes one to three integers, the last not zero')
  if (length > RANGE_MAX) throw new Error(`range() would have ${length} elements; the limit is ${RANGE_MAX}`)
  return Array.from({ length }, (_, index) => start + index * step)
}

function render({ source, values }: RenderRequest): RenderResponse {
  failure = null
  missing = []
  try {
    const text = environment.renderTemplate(compile(source), values)
    if (failure !== null) return { kind: 'failed', code: 'template_failed', message: failure }
    if (text.length <= OUTPUT_CHARS_MAX) return { kind: 'rendered', text, missing }
    const message = `the template gives ${text.length} characters; the limit is ${OUTPUT_CHARS_MAX}`
    return { kind: 'failed', code: 'template_limit', message }
  } catch (error) {
    return failedBy(error)
  }
}

function compile(source: string): string {
  const known = compiled.get(source)
  if (known !== undefined) return known
  templates += 1
  const name = `template${templates}`
  environment.addTemplate(name, source)
  compiled.set(source, name)
  return name
}

/** What WebAssembly throws when the engine traps: out of memory, or out of stack. */
const ENGINE_LOST = new Set(['RuntimeError', 'RangeError'])

function failedBy(error: unknown): RenderResponse {
  if (error instanceof Error && ENGINE_LOST.has(error.name)) {
    return { kind: 'broken', message: 'the template needs more memory than it may use (64 MiB)' }
  }
  const text = error instanceof Error ? error.message : String(error)
  if (text.includes('out of fuel')) {
    return { kind: 'failed', code: 'template_limit', message: `the template takes more than ${FUEL_MAX} steps` }
  }
  const [, message = text] = /^(.*?) \(in template\d+:\d+\)/s.exec(text) ?? []
  return { kind: 'failed', code: 'template_failed', message: failure ?? message }
}

parentPort?.on('message', (request: RenderRequest) => parentPort?.postMessage(render(request)))
parentPort?.postMessage(READY)
