import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { JsonObject } from '@upon/engine'
import { parseShimReport, type ShimReport } from './shim-report.ts'

/** The shims keep results below 1 MiB; the rest is room for warnings and tracebacks. */
const REPORT_BYTES_MAX = 2 * 1024 * 1024

/** A private folder (mode 0700) between the executor and one process: parameters in, report out. */
export interface Handover {
  readonly folder: string
  readonly parametersFile: string
  readonly parametersText: string
  /** What the shim wrote; null when it wrote nothing readable. */
  readReport(): Promise<ShimReport | null>
  remove(): Promise<void>
}

export async function createHandover(scratchDirectory: string, parameters: JsonObject): Promise<Handover> {
  await mkdir(scratchDirectory, { recursive: true, mode: 0o700 })
  const folder = await mkdtemp(join(scratchDirectory, 'run-'))
  const parametersFile = join(folder, 'parameters.json')
  const parametersText = JSON.stringify(parameters)
  await writeFile(parametersFile, parametersText, { mode: 0o600 })
  return {
    folder,
    parametersFile,
    parametersText,
    readReport: () => readReport(join(folder, 'report.json')).catch(() => null),
    // A folder that cannot be removed is litter, and no reason to lose how the run ended.
    remove: () => rm(folder, { recursive: true, force: true }).catch(() => {}),
  }
}

async function readReport(path: string): Promise<ShimReport | null> {
  const file = await open(path).catch(() => null)
  if (file === null) return null
  try {
    const { size } = await file.stat()
    return size > REPORT_BYTES_MAX ? null : parseShimReport(await file.readFile('utf8'))
  } finally {
    await file.close()
  }
}
