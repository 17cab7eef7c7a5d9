import { StringDecoder } from 'node:string_decoder'
import { LOG_LINE_CHARS_MAX } from '@upon/sdk'

export interface LineSplitter {
  /** Lines completed by this chunk. */
  push(chunk: Buffer): string[]
  /** What is left when the stream ended without a newline. */
  end(): string[]
}

/**
 * Cuts a byte stream into lines. Characters may be spread over chunks; bytes that are not UTF-8, and NUL, which
 * databases refuse, become U+FFFD. Memory is bounded by one chunk plus `charsMax`.
 * A longer line comes in pieces of `charsMax` UTF-16 units, which by default is what one line of the log may hold.
 */
export function lineSplitter(charsMax: number = LOG_LINE_CHARS_MAX): LineSplitter {
  const decoder = new StringDecoder('utf8')
  let rest = ''

  function takeLines(text: string): string[] {
    const parts = text.split('\n')
    parts[0] = rest + (parts[0] ?? '')
    const tail = pieces(parts.pop() ?? '', charsMax)
    rest = tail.pop() ?? ''
    return [...parts.flatMap((line) => pieces(withoutReturn(line), charsMax)), ...tail].map(withoutNul)
  }

  return {
    push: (chunk) => takeLines(decoder.write(chunk)),
    end() {
      const lines = takeLines(decoder.end())
      const last = withoutNul(withoutReturn(rest))
      rest = ''
      return last === '' ? lines : [...lines, last]
    },
  }
}

const withoutReturn = (line: string) => (line.endsWith('\r') ? line.slice(0, -1) : line)
const withoutNul = (line: string) => (line.includes('\0') ? line.replaceAll('\0', '\uFFFD') : line)

function pieces(line: string, charsMax: number): string[] {
  if (line.length <= charsMax) return [line]
  const out: string[] = []
  let from = 0
  while (line.length - from > charsMax) {
    const to = from + charsMax - (endsInsidePair(line, from + charsMax) ? 1 : 0)
    out.push(line.slice(from, to))
    from = to
  }
  out.push(line.slice(from))
  return out
}

function endsInsidePair(line: string, end: number): boolean {
  const unit = line.charCodeAt(end - 1)
  return unit >= 0xd800 && unit <= 0xdbff
}
