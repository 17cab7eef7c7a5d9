import { readFile, stat } from 'node:fs/promises'
import type { SourceFiles } from './prefect-file.ts'

/** Files of this machine. */
export const sourceFiles: SourceFiles = {
  async read(path) {
    try {
      return await readFile(path, 'utf8')
    } catch (error) {
      if (error instanceof Error && 'code' in error && ['ENOENT', 'ENOTDIR', 'EISDIR'].includes(String(error.code))) {
        return null
      }
      throw error
    }
  },
  isDirectory: async (path) => (await stat(path).catch(() => null))?.isDirectory() ?? false,
}
