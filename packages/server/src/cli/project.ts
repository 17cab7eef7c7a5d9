import { routes } from '@upon/sdk'
import type { Command } from 'commander'
import type { Cli } from './cli.ts'
import { examples } from './examples.ts'
import { type ListOptions, lists, printList, type ReadOptions, reads } from './list.ts'
import { when } from './words.ts'

/** `upon project`. */
export function registerProject(program: Command, cli: Cli): void {
  const project = program.command('project').description('what owns everything else')
  const list = lists(project.command('ls').description('list projects')).action(async (options: ListOptions) => {
    const client = cli.client(list)
    await printList(cli, {
      options,
      page: (query) => client.call(routes.listProjects, { query }),
      headings: ['KEY', 'NAME', 'DESCRIPTION', 'CREATED'],
      row: ({ key, name, description, created }) => [key, name, description, when(created)],
      none: 'no projects',
    })
  })
  examples(list, ['upon project ls'])
  addCreate(project, cli)
}

function addCreate(project: Command, cli: Cli): void {
  const create = reads(project.command('create <key>').description('create a project'))
    .option('--name <name>', 'free text; the key when left out')
    .option('--description <text>', 'what it is for')
    .action(async (key: string, { json, ...members }: ReadOptions & { name?: string; description?: string }) => {
      const made = await cli.client(create).call(routes.createProject, { body: { key, ...members } })
      if (json) cli.json(made)
      else cli.print(`+ project ${made.key}`, `use it with --project ${made.key} or UPON_PROJECT=${made.key}`)
    })
  examples(create, ['upon project create vision --description "Image models"'])
}
