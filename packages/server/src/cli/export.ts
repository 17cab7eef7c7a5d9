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

function yamlOf(document: AutomationDocument): string {
  const { trigger, ...rest } = document
  const short = withoutEmpty({ ...rest, trigger: withoutEmpty(trigger) })
  const members = Object.entries(short).sort(([a], [b]) => ORDER.indexOf(a) - ORDER.indexOf(b))
  return stringify(Object.fromEntries(members), { lineWidth: LINE_WIDTH, aliasDuplicateObjects: false })
}

const ORDER = ['key', 'name', 'description', 'tags', 'enabled', 'trigger', 'conditions', 'actions']

/** Empty is what these members are when they are left out, and a short file is read more easily. */
function withoutEmpty(members: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => !isEmpty(value)))
}

function isEmpty(value: unknown): boolean {
  if (value === '') return true
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}

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
