import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type AutomationDocument, routes } from '@upon/sdk'
import type { Command } from 'commander'
import { stringify } from 'yaml'
import type { Cli } from './cli.ts'
import { CliError } from './cli-error.ts'
import { examples } from './examples.ts'
import { type ReadOptions, reads } from './list.ts'
import { fileReason } from './read-json.ts'
import { count } from './words.ts'

const LINE_WIDTH = 120
const TO_OUTPUT = '-'

/** `upon export`. */
export function registerExport(program: Command, cli: Cli): void {
  const command = reads(
    program.command('export').description('write the automations as files; those a deployment owns stay with it'),
  )
    .option('-o, --out <directory>', 'a file for each automation there; - writes all to standard output', TO_OUTPUT)
    .action(async ({ out, json }: ReadOptions & { out: string }) => {
      const client = cli.client(command)
      const documents = await client.call(routes.exportDocuments)
      if (json) return cli.json(documents)
      const header = schemaLine(client.url)
      if (out !== TO_OUTPUT) return writeFiles(cli, out, documents, header)
      cli.terminal.out(`${header}\n${documents.map(yamlOf).join('---\n')}`)
    })
  examples(command, ['upon export', 'upon export --out automations'])
}

/** Tells editors which schema completes and checks the file. */
export function schemaLine(url: string): string {
  return `# yaml-language-server: $schema=${url.replace(/\/+$/, '')}/api/v1/schemas/automation.json`
}

const yamlOf = (document: AutomationDocument): string =>
  stringify(document, { lineWidth: LINE_WIDTH, aliasDuplicateObjects: false })

async function writeFiles(
  cli: Cli,
  out: string,
  documents: readonly AutomationDocument[],
  header: string,
): Promise<void> {
  const directory = resolve(cli.terminal.directory, out)
  try {
    await mkdir(directory, { recursive: true })
    for (const document of documents) {
      await writeFile(join(directory, `${document.key}.yaml`), `${header}\n${yamlOf(document)}`)
    }
  } catch (error) {
    throw new CliError(`could not write to ${out}: ${fileReason(error)}`)
  }
  cli.print(`wrote ${count(documents.length, 'automation')} to ${out}`)
}
