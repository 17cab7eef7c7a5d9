import { afterEach, beforeEach, expect, test } from 'vitest'
import { findPython } from './find-python.ts'
import { type ScratchProject, scratchProject } from './scratch-project.ts'

const python = await findPython(process.env.PATH)
let project: ScratchProject

beforeEach((ctx) => {
  if (python === null) ctx.skip('needs Python >= 3.8')
  project = scratchProject({ PATH: process.env.PATH, HOME: process.env.HOME })
})
afterEach(() => project?.[Symbol.dispose]())

/** A package of Prefect's shape: flows and tasks wrap a function as `fn`, and calling them starts an engine. */
const PREFECT = {
  '__init__.py':
    'from prefect.flows import flow\nfrom prefect.tasks import task\nfrom prefect.loggers import get_run_logger\n',
  'exceptions.py': 'class MissingContextError(RuntimeError): pass\n',
  'loggers.py':
    'from prefect.exceptions import MissingContextError\ndef get_run_logger():\n    raise MissingContextError("no active context")\n',
  'flows.py': `
class Flow:
    def __init__(self, fn): self.fn = fn
    def __call__(self, *args, **kwargs): print("ENGINE STARTED")
    def serve(self): print("ENGINE STARTED")
def flow(fn=None, **options): return Flow(fn) if fn else Flow
`,
  'server/__init__.py': '',
  'server/api/__init__.py': '',
  'server/api/server.py': 'def create_app(): print("SERVER STARTED")',
  'tasks.py': `
class Task:
    def __init__(self, fn): self.fn = fn
    def __call__(self, *args, **kwargs): print("ENGINE STARTED")
    def submit(self, *args, **kwargs): print("ENGINE STARTED")
def task(fn=None, **options): return Task(fn) if fn else Task
`,
}

async function run(source: string, withPrefect = true) {
  if (withPrefect) for (const [name, text] of Object.entries(PREFECT)) project.write(`prefect/${name}`, text)
  project.write('flow.py', source)
  return project.run({ entrypoint: 'flow.py:main', parameters: {} })
}

test('a flow is run as its plain function', async () => {
  const { outcome, text } = await run(
    'import os\nfrom prefect import flow\n@flow(log_prints=True)\ndef main():\n    print("plain")\n    return os.environ["PREFECT_SERVER_ALLOW_EPHEMERAL_MODE"]',
  )
  expect(outcome).toEqual({ kind: 'completed', result: 'false' })
  expect(text('stdout')).toEqual(['plain'])
})

test.each([
  ['a task', '@task\ndef extract(): pass\n@flow\ndef main(): extract()', 'the task `extract`'],
  ['a submitted task', '@task\ndef extract(): pass\n@flow\ndef main(): extract.submit()', 'the task `extract.submit`'],
  ['another flow', '@flow\ndef other(): pass\n@flow\ndef main(): other()', 'the flow `other`'],
  ['get_run_logger', '@flow\ndef main(): get_run_logger().info("x")', 'this flow calls get_run_logger'],
  [
    'a task imported late',
    '@flow\ndef main():\n    from prefect import tasks\n    tasks.task(len)([])',
    'the task `len`',
  ],
])('a flow that calls %s fails with words and starts no engine', async (_what, source, words) => {
  const { outcome, text } = await run(`from prefect import flow, task, get_run_logger\n${source}`)
  expect(outcome).toMatchObject({ kind: 'failed', message: expect.stringContaining(words), exitCode: 1 })
  expect(outcome).toMatchObject({ message: expect.stringContaining('Upon runs the plain function of a flow') })
  expect(text('stdout')).toEqual([])
})

test('the plain function of a task may be called', async () => {
  const { outcome } = await run(
    'from prefect import flow, task\n@task\ndef one(): return 1\n@flow\ndef main(): return one.fn()',
  )
  expect(outcome).toEqual({ kind: 'completed', result: 1 })
})

test('a task as an entrypoint fails with words', async () => {
  const { outcome } = await run('from prefect import task\n@task\ndef main(): pass')
  expect(outcome).toMatchObject({ kind: 'failed', message: expect.stringContaining('`main` is a task of Prefect') })
})

test('a flow on a Python without Prefect fails with the Python it is missing in', async () => {
  const { outcome } = await run('from prefect import flow\n@flow\ndef main(): pass', false)
  const where = `\`prefect\` is not installed in Python ${python?.version} at `
  expect(outcome).toMatchObject({
    kind: 'failed',
    message: expect.stringContaining(where),
    errorType: 'ModuleNotFoundError',
  })
})
