import type { Change } from '@upon/sdk'
import type { Style } from './style.ts'

/** `+` created, `~` updated, `=` unchanged, `-` removed. */
export function changeSign(style: Style, change: Change): string {
  switch (change) {
    case 'created':
      return style.green('+')
    case 'updated':
      return style.yellow('~')
    case 'unchanged':
      return style.dim('=')
    case 'removed':
      return style.red('-')
  }
}
