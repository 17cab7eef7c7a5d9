import type { Command } from 'commander'
import type { Cli } from './cli.ts'

/** Adds a command, with everything below it, to the program. */
export type Register = (program: Command, cli: Cli) => void

export interface CommandEntry {
  readonly name: string
  readonly aliases?: readonly string[]
  /** For the list of commands, where the command itself is not loaded. */
  readonly summary: string
  readonly load: () => Promise<Register>
}

/** Every command, in the order of the help: first what one does, then what one looks at. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'up',
    summary: 'start the server, with a worker for process work pools in it',
    load: async () => (await import('./up.ts')).registerUp,
  },
  {
    name: 'deploy',
    summary: 'deploy what a prefect.yaml describes, with its triggers',
    load: async () => (await import('./deploy.ts')).registerDeploy,
  },
  {
    name: 'worker',
    summary: 'execute runs in a process of its own',
    load: async () => (await import('./worker.ts')).registerWorker,
  },
  {
    name: 'event',
    summary: 'send events, look at them, and ask what they launched',
    load: async () => (await import('./event.ts')).registerEvent,
  },
  {
    name: 'apply',
    summary: 'make the automations as files say',
    load: async () => (await import('./apply.ts')).registerApply,
  },
  {
    name: 'plan',
    summary: 'say what apply would change',
    load: async () => (await import('./plan.ts')).registerPlan,
  },
  {
    name: 'export',
    summary: 'write the automations as files',
    load: async () => (await import('./export.ts')).registerExport,
  },
  {
    name: 'automation',
    aliases: ['trigger'],
    summary: 'when something happens, do this',
    load: async () => (await import('./automation.ts')).registerAutomation,
  },
  {
    name: 'deployment',
    summary: 'programs that can be run, and how',
    load: async () => (await import('./deployment.ts')).registerDeployment,
  },
  {
    name: 'flow',
    summary: 'what groups deployments',
    load: async () => (await import('./flow.ts')).registerFlow,
  },
  {
    name: 'run',
    aliases: ['flow-run', 'execution'],
    summary: 'what is, was or will be executed',
    load: async () => (await import('./run.ts')).registerRun,
  },
  {
    name: 'launch',
    summary: 'the log of firings and what was done about them',
    load: async () => (await import('./launch.ts')).registerLaunch,
  },
  {
    name: 'work-pool',
    summary: 'where runs wait for workers',
    load: async () => (await import('./work-pool.ts')).registerWorkPool,
  },
  {
    name: 'work-queue',
    summary: 'priorities inside a work pool',
    load: async () => (await import('./work-queue.ts')).registerWorkQueue,
  },
  {
    name: 'variable',
    summary: 'readable values for templates',
    load: async () => (await import('./variable.ts')).registerVariable,
  },
  {
    name: 'project',
    summary: 'what owns everything else',
    load: async () => (await import('./project.ts')).registerProject,
  },
  {
    name: 'doctor',
    summary: 'check this machine and the server',
    load: async () => (await import('./doctor.ts')).registerDoctor,
  },
]

/** Global options whose value is a word of its own. */
const WITH_VALUE = ['--url', '--token', '--project']
const WORDS_MAX = 2

/** The first words of a command line that may name a command: two, because of `help COMMAND`. */
export function commandWords(argv: readonly string[]): readonly string[] {
  const words: string[] = []
  for (let at = 0; at < argv.length && words.length < WORDS_MAX; at += 1) {
    const word = argv[at] ?? ''
    if (WITH_VALUE.includes(word)) at += 1
    else if (!word.startsWith('-')) words.push(word)
  }
  return words[0] === 'help' ? words.slice(1) : words.slice(0, 1)
}
