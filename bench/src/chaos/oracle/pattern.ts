/**
 * The patterns of the grammar, by way of regular expressions: slow, and nothing like the index it is compared with.
 * Written from the published rules alone; nothing in this folder may use the engine.
 */

const LITERAL = /[\\^$.*+?()[\]{}|]/g
const compiled = new Map<string, RegExp>()

/** A label's value against one pattern: `*`, `?`, `[abc]`, `[!abc]`, and one leading `!` that negates. */
export function labelAccepts(pattern: string, value: string): boolean {
  const negated = pattern.startsWith('!')
  const positive = negated ? pattern.slice(1) : pattern
  return remembered(`label ${positive}`, () => globExpression(positive)).test(value) !== negated
}

/** An event's name against one pattern: literal but for `*`, which stands for at least one character. */
export function nameAccepts(pattern: string, name: string): boolean {
  const source = () => pattern.split('*').map(escaped).join('.+')
  return name !== '' && remembered(`name ${pattern}`, source).test(name)
}

function remembered(key: string, source: () => string): RegExp {
  const known = compiled.get(key)
  if (known !== undefined) return known
  const expression = new RegExp(`^${source()}$`, 'su')
  compiled.set(key, expression)
  return expression
}

function globExpression(glob: string): string {
  let source = ''
  for (let index = 0; index < glob.length; index += 1) {
    const character = glob.charAt(index)
    const close = character === '[' ? glob.indexOf(']', index + (glob[index + 1] === '!' ? 3 : 2)) : -1
    if (close !== -1) {
      source += classExpression(glob.slice(index + 1, close))
      index = close
    } else if (character === '*') source += '.*'
    else if (character === '?') source += '.'
    else source += escaped(character)
  }
  return source
}

function classExpression(inside: string): string {
  const negated = inside.startsWith('!')
  const members = (negated ? inside.slice(1) : inside).replaceAll(/[\\\]^]/g, '\\$&')
  return `[${negated ? '^' : ''}${members}]`
}

const escaped = (text: string): string => text.replaceAll(LITERAL, '\\$&')
