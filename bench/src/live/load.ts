import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { LoadOptions, LoadReport } from '../load/send-load.ts'

const PROCESS = fileURLToPath(new URL('../load/load-process.js', import.meta.url))
const OUTPUT_BYTES_MAX = 64 * 2 ** 20

/** Sends a load from a process of its own; resolves when all of it was answered. */
export async function runLoad(options: LoadOptions): Promise<LoadReport> {
  const args = [PROCESS, JSON.stringify(options)]
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: OUTPUT_BYTES_MAX })
  return JSON.parse(stdout)
}
