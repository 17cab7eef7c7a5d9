import type { Json } from '@upon/engine'
import { routes } from '@upon/sdk'
import type { Command } from 'commander'
import type { Cli } from './cli.ts'
import { examples } from './examples.ts'
import { type ListOptions, lists, printList, type ReadOptions, reads } from './list.ts'
import { append, jsonOrText } from './option-values.ts'
import { when } from './words.ts'

/** `upon variable`. */
export function registerVariable(program: Command, cli: Cli): void {
  const variable = program.command('variable').description('readable values for templates')
  addList(variable, cli)
  addGet(variable, cli)
  addSet(variable, cli)
  const remove = variable
    .command('delete <name>')
    .description('delete a variable')
    .action(async (name: string) => {
      await cli.client(remove).call(routes.deleteVariable, { params: { variable: name } })
      cli.print(`- variable ${name}`)
    })
  examples(remove, ['upon variable delete region'])
}

function addList(variable: Command, cli: Cli): void {
  const list = lists(variable.command('ls').description('list variables'))
    .option('--tag <tag>', 'only with this tag; repeatable', append)
    .action(async (options: ListOptions & { tag?: readonly string[] }) => {
      const client = cli.client(list)
      const filter = { ...(options.tag && { tag: [...options.tag] }) }
      await printList(cli, {
        options,
        page: (query) => client.call(routes.listVariables, { query: { ...filter, ...query } }),
        headings: ['NAME', 'VALUE', 'TAGS', 'UPDATED'],
        row: ({ name, value, tags, updated }) => [name, JSON.stringify(value), tags.join(', '), when(updated)],
        none: 'no variables; "upon variable set NAME VALUE" makes one',
      })
    })
  examples(list, ['upon variable ls', 'upon variable ls --json'])
}

function addGet(variable: Command, cli: Cli): void {
  const get = reads(variable.command('get <name>').description('print the value of a variable'))
    .alias('inspect')
    .action(async (name: string, options: ReadOptions) => {
      const found = await cli.client(get).call(routes.getVariable, { params: { variable: name } })
      if (options.json) cli.json(found)
      else cli.print(typeof found.value === 'string' ? found.value : JSON.stringify(found.value, null, 2))
    })
  examples(get, ['upon variable get region'])
}

interface SetOptions extends ReadOptions {
  readonly tag?: readonly string[]
  readonly text?: true
}

function addSet(variable: Command, cli: Cli): void {
  const set = reads(variable.command('set <name> <value>').description('create or replace a variable'))
    .option('--tag <tag>', 'tag it; repeatable', append)
    .option('--text', 'take the value as text even where it reads as JSON')
    .action(async (name: string, given: string, options: SetOptions) => {
      const value: Json = options.text ? given : jsonOrText(given)
      const body = { value, ...(options.tag && { tags: [...options.tag] }) }
      const { status, body: saved } = await cli
        .client(set)
        .request(routes.putVariable, { params: { variable: name }, body })
      if (options.json) cli.json(saved)
      else cli.print(`${status === 201 ? '+' : '~'} variable ${saved.name} = ${JSON.stringify(saved.value)}`)
    })
  examples(set, ['upon variable set region eu-north-1', `upon variable set limits '{"cpu": 4}'`])
}
