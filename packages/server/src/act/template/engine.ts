import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Environment, initSync } from 'minijinja-js/dist/web/minijinja_js.js'
import { FUEL_MAX, MEMORY_PAGES_MAX } from './limits.ts'

const MEMORY_SECTION = 5
const HEADER_BYTES = 8

let loaded = false

/** A template environment with the fuel limit set. Loads the engine on first use, with its memory capped. */
export function newEnvironment(): Environment {
  if (!loaded) {
    const path = fileURLToPath(import.meta.resolve('minijinja-js/dist/web/minijinja_js_bg.wasm'))
    initSync({ module: withMemoryMax(readFileSync(path), MEMORY_PAGES_MAX) })
    loaded = true
  }
  const environment = new Environment()
  environment.fuel = FUEL_MAX
  environment.undefinedBehavior = 'chainable'
  environment.enablePyCompat()
  return environment
}

/**
 * Gives the module's own memory an upper bound. The module asks for none, and fuel does not count bytes: without it
 * one `text * number` may take all the memory of the machine.
 */
export function withMemoryMax(module: Uint8Array, pagesMax: number): Uint8Array<ArrayBuffer> {
  for (let at = HEADER_BYTES; at < module.length; ) {
    const size = readLeb(module, at + 1)
    const end = size.next + size.value
    if (module[at] === MEMORY_SECTION) {
      const memory = boundedMemory(module.subarray(size.next, end), pagesMax)
      return Uint8Array.from([
        ...module.subarray(0, at),
        MEMORY_SECTION,
        memory.length,
        ...memory,
        ...module.subarray(end),
      ])
    }
    at = end
  }
  throw new Error('the template engine has no memory section')
}

/** A section of one memory: count, flags, pages at first and, with flag 1, pages at most. */
function boundedMemory(section: Uint8Array, pagesMax: number): readonly number[] {
  const [count, flags] = section
  if (count !== 1 || flags !== 0) throw new Error('the template engine has an unexpected memory section')
  const initial = readLeb(section, 2)
  return [1, 1, ...section.subarray(2, initial.next), ...writeLeb(pagesMax)]
}

function readLeb(bytes: Uint8Array, from: number): { value: number; next: number } {
  let value = 0
  for (let at = from, shift = 0; ; at += 1, shift += 7) {
    const byte = bytes[at] ?? 0
    value += (byte & 0x7f) * 2 ** shift
    if (byte < 0x80) return { value, next: at + 1 }
  }
}

function writeLeb(value: number): readonly number[] {
  return value < 0x80 ? [value] : [(value % 0x80) + 0x80, ...writeLeb(Math.floor(value / 0x80))]
}
