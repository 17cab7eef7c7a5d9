const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const LOWER_D = 0x64
const LOWER_E = 0x65
const LOWER_U = 0x75
const DIGIT_0 = 0x30
const DIGIT_9 = 0x39

export interface JsonScan {
  /** Byte at which it first nests deeper than allowed, or -1. */
  readonly deepAt: number
  /** Whether it may hold a number beyond every range or half a character; false is certain. */
  readonly suspicious: boolean
}

/**
 * Looks over JSON text before anything is built of it: sixteen megabytes of brackets would block the parser for
 * seconds, and whatever walks the result would lose its stack. Stops where it nests deeper than `depthMax`.
 */
export function scanJson(bytes: Uint8Array, depthMax: number): JsonScan {
  let depth = 0
  let inText = false
  let suspicious = false
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0
    if (inText) {
      if (byte === QUOTE) inText = false
      else if (byte === BACKSLASH) {
        at += 1
        suspicious ||= bytes[at] === LOWER_U && lower(bytes[at + 1]) === LOWER_D
      }
    } else if (byte === QUOTE) inText = true
    else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      depth += 1
      if (depth > depthMax) return { deepAt: at, suspicious }
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) depth -= 1
    else if (lower(byte) === LOWER_E) suspicious ||= isDigit(bytes[at - 1])
  }
  return { deepAt: -1, suspicious }
}

const lower = (byte = 0): number => byte | 0x20

const isDigit = (byte = 0): boolean => byte >= DIGIT_0 && byte <= DIGIT_9
