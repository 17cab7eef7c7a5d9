import type { Tag } from './tags.ts'
import type { Token } from './tokens.ts'

/** Names a template gives values to itself: by `for`, `set`, `with` and macros. */
export function localNames(tags: readonly Tag[]): ReadonlySet<string> {
  const names = new Set<string>()
  for (const { kind, tokens } of tags) {
    if (kind !== 'block') continue
    for (const name of assignedIn(tokens)) names.add(name)
  }
  return names
}

function assignedIn(tokens: readonly Token[]): readonly string[] {
  const [tag, ...rest] = tokens
  switch (tag?.value) {
    case 'for':
      return namesBefore(rest, 'in')
    case 'set':
      return namesBefore(rest, '=')
    case 'with':
      return rest.filter((token, index) => token.kind === 'name' && rest[index + 1]?.value === '=').map(nameOf)
    case 'macro':
      return rest.filter((token) => token.kind === 'name').map(nameOf)
    default:
      return []
  }
}

function namesBefore(tokens: readonly Token[], end: string): readonly string[] {
  const at = tokens.findIndex((token) => token.value === end && token.kind !== 'string')
  const targets = at < 0 ? tokens : tokens.slice(0, at)
  // In `set space.name = …` only `space` is a name.
  return targets.filter((token, index) => token.kind === 'name' && targets[index - 1]?.value !== '.').map(nameOf)
}

function nameOf(token: Token): string {
  return token.value
}
