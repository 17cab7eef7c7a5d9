import { ADJECTIVES, ANIMALS } from './run-words.ts'

/** Two words such as `brisk-otter`, always the same for the same id. Names are for people and may come again. */
export function runNameOf(id: string): string {
  // The last digits: the first ones of an id that sorts by time hardly change.
  const digits = Number.parseInt(id.replaceAll('-', '').slice(-12), 16)
  const adjective = ADJECTIVES[digits % ADJECTIVES.length]
  const animal = ANIMALS[Math.floor(digits / ADJECTIVES.length) % ANIMALS.length]
  return `${adjective}-${animal}`
}
