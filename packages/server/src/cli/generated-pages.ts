import { VERSION } from '../version.ts'
import { apiPage } from './docs/api-page.ts'
import { grammarPage } from './docs/grammar-page.ts'
import { cliReference } from './reference.ts'

/** The pages of `docs/` that follow from the program, by file name. */
export async function generatedPages(): Promise<Readonly<Record<string, string>>> {
  return { 'grammar.md': grammarPage(), 'api.md': apiPage(VERSION), 'cli.md': await await cliReference() }
}
