import { styleText } from 'node:util'

type Format = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'

/** Colors text, or leaves it as it is where color is not wanted. */
export type Style = Readonly<Record<Format, (text: string) => string>>

export function createStyle(color: boolean): Style {
  const format = (name: Format) => (text: string) =>
    // The decision was made for the stream that is written to; Node would decide by its own standard output.
    color && text !== '' ? styleText(name, text, { validateStream: false }) : text
  return {
    bold: format('bold'),
    dim: format('dim'),
    red: format('red'),
    green: format('green'),
    yellow: format('yellow'),
    cyan: format('cyan'),
  }
}
