import { type Json, type JsonObject, suggest } from '@upon/engine'
import { LRUCache } from 'lru-cache'
import { type AnalyzedTag, analyze, type Template } from './analyze.ts'
import { checkSyntax, checkTags } from './check.ts'
import { OUTPUT_CHARS_MAX, RENDER_TIMEOUT_MS, SOURCE_CHARS_MAX, TEMPLATES_CACHED_MAX } from './limits.ts'
import { type Path, pathName } from './paths.ts'
import { pythonJson, pythonText } from './python-text.ts'
import type { RenderResponse } from './render-message.ts'
import { RenderThread } from './render-thread.ts'
import { nativeOf, resolve } from './resolve.ts'
import { type Rewritten, rewrite } from './rewrite.ts'
import { isTemplate } from './tags.ts'
import { SyntaxFault, TemplateError } from './template-error.ts'
import { problemAt, problemOf, type TemplateProblem } from './template-problem.ts'
import { type Found, isObject, View } from './view.ts'

export { TemplateError } from './template-error.ts'
export type { TemplateProblem } from './template-problem.ts'

/** What a rendering gave. `undefinedNames` are the missing values that were printed as nothing. */
export interface RenderedText {
  readonly text: string
  readonly undefinedNames: readonly string[]
}

export interface RenderedValue {
  readonly value: Json
  readonly undefinedNames: readonly string[]
}

/**
 * Renders Jinja templates in a thread of its own, within limits of steps, memory, time and size. Text that is no
 * template, and templates that only print paths of the context, never leave the calling thread.
 */
export interface Renderer extends AsyncDisposable {
  /** What is wrong with a template, or null. Names that are not in the context are no problem. */
  check(template: string): TemplateProblem | null
  /** The template as text. A missing value is printed as nothing and named. Throws a `TemplateError`. */
  renderText(template: string, context: JsonObject): Promise<RenderedText>
  /**
   * As `renderText`, except that a template which is exactly one `{{ … }}` keeps its type (number, boolean, object,
   * list), and is an error when its value is missing.
   */
  renderValue(template: string, context: JsonObject): Promise<RenderedValue>
  /** The top-level names of the context a template reads. */
  namesIn(template: string): ReadonlySet<string>
}

export interface RendererOptions {
  /** Wall time of one rendering, in milliseconds. @default 1_000 */
  readonly timeoutMs?: number
}

/** Makes a renderer. Its thread starts with the first template that needs it, and ends when it is disposed of. */
export function createRenderer(options: RendererOptions = {}): Renderer {
  return new ThreadRenderer(options.timeoutMs ?? RENDER_TIMEOUT_MS)
}

const NOTHING_MISSING: readonly string[] = []

class ThreadRenderer implements Renderer {
  readonly #templates = new LRUCache<string, Template>({ max: TEMPLATES_CACHED_MAX })
  readonly #thread: RenderThread

  constructor(timeoutMs: number) {
    this.#thread = new RenderThread(timeoutMs)
  }

  check(source: string): TemplateProblem | null {
    if (!isTemplate(source)) return null
    if (source.length > SOURCE_CHARS_MAX) return problemAt(source, tooLong(source), 1, 1)
    try {
      const template = analyze(source)
      checkTags(template)
      return checkSyntax(template)
    } catch (error) {
      if (error instanceof SyntaxFault) return problemOf(error, source)
      throw error
    }
  }

  namesIn(source: string): ReadonlySet<string> {
    return isTemplate(source) ? this.#template(source).names : new Set()
  }

  async renderText(source: string, context: JsonObject): Promise<RenderedText> {
    if (!isTemplate(source)) return { text: source, undefinedNames: NOTHING_MISSING }
    const template = this.#template(source)
    if (template.direct) return directText(template, context)
    const rewritten = rewrite(template, context, 'text')
    return this.#engine(source, rewritten)
  }

  async renderValue(source: string, context: JsonObject): Promise<RenderedValue> {
    if (!isTemplate(source)) return { value: source, undefinedNames: NOTHING_MISSING }
    const template = this.#template(source)
    const { only } = template
    if (!only) {
      const { text, undefinedNames } = await this.renderText(source, context)
      return { value: text, undefinedNames }
    }
    if (only.direct) return { value: directValue(source, only.direct, context), undefinedNames: NOTHING_MISSING }
    return this.#engineValue(template, only, context)
  }

  async #engineValue(template: Template, { tag }: AnalyzedTag, context: JsonObject): Promise<RenderedValue> {
    const rewritten = rewrite(template, context, 'value')
    const { text } = await this.#engine(template.source, rewritten)
    if (text !== '') return { value: JSON.parse(text), undefinedNames: rewritten.missing }
    const name = rewritten.missing[0] ?? template.source.slice(tag.from, tag.end).trim()
    throw undefinedError(name, template.source)
  }

  async #engine(source: string, { outputs, missing, ...request }: Rewritten): Promise<RenderedText> {
    const response = await this.#thread.render({ source: request.source, values: request.values })
    if (response.kind !== 'rendered') throw engineError(source, response, missing)
    const printed = response.missing.map((index) => outputs[index] ?? '')
    return { text: response.text, undefinedNames: [...new Set([...missing, ...printed])] }
  }

  #template(source: string): Template {
    const known = this.#templates.get(source)
    if (known) return known
    if (source.length > SOURCE_CHARS_MAX)
      throw new TemplateError('template_limit', tooLong(source), { template: source })
    const template = parsed(source)
    this.#templates.set(source, template)
    return template
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#thread[Symbol.asyncDispose]()
  }
}

function tooLong(source: string): string {
  return `the template has ${source.length} characters; the limit is ${SOURCE_CHARS_MAX}`
}

/** The limits hold for templates saved before they were checked, too. */
function parsed(source: string): Template {
  try {
    const template = analyze(source)
    checkTags(template)
    return template
  } catch (error) {
    if (error instanceof SyntaxFault) throw new TemplateError('template_syntax', error.message, { template: source })
    throw error
  }
}

function engineError(
  template: string,
  response: Exclude<RenderResponse, { kind: 'rendered' }>,
  missing: readonly string[],
): TemplateError {
  const { message } = response
  if (response.kind === 'broken') return new TemplateError('template_limit', message, { template })
  const [name] = missing
  if (name === undefined || !message.includes('undefined'))
    return new TemplateError(response.code, message, { template })
  return new TemplateError('template_undefined', `${name} is undefined: ${message}`, { template })
}

type Direct = NonNullable<AnalyzedTag['direct']>

function directValue(source: string, { path, json }: Direct, context: JsonObject): Json {
  const value = nativeOf(resolve(context, path))
  if (value === undefined) throw undefinedError(pathName(path), source, didYouMean(path, context))
  return json ? pythonJson(value) : value
}

/** The key beside the missing one that was probably meant. */
function didYouMean({ root, segments }: Path, context: JsonObject): string {
  const last = segments.at(-1)
  const parent = last ? nativeOf(resolve(context, { root, segments: segments.slice(0, -1) })) : context
  const key = !last ? root : 'attribute' in last ? last.attribute : String(last.item)
  const near = isObject(parent) ? suggest(key, Object.keys(parent)) : undefined
  return near === undefined ? '' : ` (did you mean "${near}"?)`
}

function undefinedError(name: string, source: string, hint = ''): TemplateError {
  return new TemplateError('template_undefined', `${name} is undefined${hint}`, { template: source })
}

function directText({ source, tags }: Template, context: JsonObject): RenderedText {
  const missing = new Set<string>()
  let text = ''
  let position = 0
  for (const { tag, direct } of tags) {
    text += source.slice(position, tag.start)
    position = tag.after
    if (direct) text += directPrint(source, direct, context, missing)
    if (text.length > OUTPUT_CHARS_MAX) {
      const message = `the template gives more than ${OUTPUT_CHARS_MAX} characters`
      throw new TemplateError('template_limit', message, { template: source })
    }
  }
  // As Jinja does, one line end at the very end is dropped.
  const rest = source.slice(position).replace(/\r?\n$/, '')
  return { text: text + rest, undefinedNames: [...missing] }
}

function directPrint(source: string, direct: Direct, context: JsonObject, missing: Set<string>): string {
  const found = resolve(context, direct.path)
  if (found === undefined && !direct.json) {
    missing.add(pathName(direct.path))
    return ''
  }
  return direct.json ? String(directValue(source, direct, context)) : printed(found)
}

function printed(found: Found): string {
  if (found instanceof View) return found.text() ?? pythonText(found.native())
  return found === undefined ? '' : pythonText(found)
}
