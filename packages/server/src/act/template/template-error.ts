/** `template_syntax` is found when saving; the others when rendering. */
export type TemplateErrorCode = 'template_syntax' | 'template_undefined' | 'template_limit' | 'template_failed'

/** A template that cannot be rendered. `path` says which parameter it stands in, `''` when it stands alone. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError'
  readonly code: TemplateErrorCode
  readonly template: string
  readonly path: string
  readonly #bare: string

  constructor(code: TemplateErrorCode, message: string, where: { readonly template: string; readonly path?: string }) {
    const path = where.path ?? ''
    super(path === '' ? message : `${path}: ${message}`)
    this.code = code
    this.template = where.template
    this.path = path
    this.#bare = message
  }

  /** The same error, told with the parameter it happened in. */
  at(path: string): TemplateError {
    return new TemplateError(this.code, this.#bare, { template: this.template, path })
  }
}

/** A mistake at one place of a template's source, on its way to becoming a `TemplateProblem`. */
export class SyntaxFault extends Error {
  override readonly name = 'SyntaxFault'
  readonly offset: number
  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}
