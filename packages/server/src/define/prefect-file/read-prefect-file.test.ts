import { deployInputSchema } from '@upon/sdk'
import { describe, expect, test } from 'vitest'
import { deployment, FIXTURES, fixture, noticeLines, problemLines, read } from './read-fixture.ts'

const git = { commit: '0123456789abcdef0123456789abcdef01234567', root: FIXTURES, short: '0123456' }

describe('the file a new project holds', () => {
  const RECIPES = ['local', 'git', 'docker', 'docker-git', 's3', 'docker-s3', 'docker-azure']

  test.each(RECIPES)('unedited, as the %s recipe writes it, lacks nothing but a name', async (recipe) => {
    const file = await read(fixture(`init-${recipe}.yaml`), { all: true })
    expect(problemLines(file)).toEqual([
      expect.stringMatching(/^prefect\.yaml:\d+:3: deployments\[0\]\.name: no deployment has a name yet/),
    ])
  })

  test.each(RECIPES)('of the %s recipe deploys with what the command line names', async (recipe) => {
    const overrides = { entrypoint: 'flows/etl.py:daily_report', workPool: 'p' }
    const file = await read(fixture(`init-${recipe}.yaml`), { only: ['first'], overrides })
    expect(problemLines(file)).toEqual([])
    expect(file.deployments[0]).toMatchObject({
      name: 'first',
      flow_name: 'daily-report',
      entrypoint: 'flows/etl.py:daily_report',
      work_pool: 'p',
      schedules: [],
      job_variables: recipe.startsWith('docker') ? { image: 'registry.example.com/etl:v7' } : {},
      directory: recipe === 'local' ? '/home/me/local' : FIXTURES,
    })
  })
})

describe('a file with every key', () => {
  const readAll = () => read(fixture('all-keys.yaml'), { all: true, git })

  test('is read without problems into a request the contract accepts', async () => {
    const { deployments, problems } = await readAll()
    expect(problems).toEqual([])
    const parsed = deployInputSchema.parse({ deployments })
    expect(parsed.deployments.map(({ flow_name, name }) => `${flow_name}/${name}`)).toEqual([
      'reports/daily-prod',
      'Nightly (EU)/nightly',
      'retrain/retrain',
      'sync/sync',
    ])
  })

  test('honours them, with anchors, variables with their type and environment variables', async () => {
    const { deployments } = await readAll()
    expect(deployments[0]).toMatchObject({
      version: '1.10',
      tags: ['team-data', 'prod'],
      description: 'Reports of a day in eu',
      parameters: { day: 'yesterday', limits: { max: 3 }, notify: true },
      schedules: [
        { cron: '0 2 * * *', timezone: 'Europe/Berlin', slug: 'nightly', active: true },
        { interval: 'PT1H', anchor_date: '2024-01-01T00:00:00Z' },
      ],
      paused: false,
      concurrency_limit: 2,
      collision_strategy: 'CANCEL_NEW',
      enforce_parameter_schema: true,
      work_pool: 'warehouse-pool',
      work_queue: 'high',
      job_variables: { env: { REGION: 'eu' }, stream_output: true },
      directory: FIXTURES,
      commit: git.commit,
    })
    expect(deployments[1]).toMatchObject({ work_pool: 'warehouse-pool', parameters: { day: 'today', notify: true } })
    expect(deployments[2]).toMatchObject({ timeout_seconds: 5400, retries: 3, retry_delay_seconds: 10 })
    expect(deployments[3]).toMatchObject({ command: ['./sync.sh', '--all'], entrypoint: null })
  })

  test('fills in the fields of a trigger at once and leaves its parameters to the run', async () => {
    const { deployments } = await readAll()
    expect(deployments[0]?.triggers?.[0]).toMatchObject({
      name: 'daily-prod__automation_1',
      enabled: true,
      description: 'commit 0123456',
      match: { 'prefect.resource.id': 'eu.*' },
      schedule_after: 300,
      parameters: { file: '{{ event.payload.file }}', region: 'eu', stage: 'prod' },
      job_variables: { env: { COMMIT: '0123456' } },
    })
  })

  test('names what has no effect yet, each with its line', async () => {
    expect(noticeLines(await readAll())).toEqual([
      '2 not-used name: is accepted, not used: it only describes the file',
      '3 not-used prefect-version: is accepted, not used: it only describes the file',
      '18 not-used build: is accepted, not used yet: its steps are not run',
      '28 not-used push: is accepted, not used yet: its steps are not run',
      expect.stringMatching(/^15 dropped deployments\[0\]\.work_pool\.job_variables\.env\.TOKEN: Upon has no blocks/),
      '34 not-used pull[0]: git_clone is accepted, not used yet: runs use the deployed directory',
      '40 not-used deployments[0].version_type: is accepted, not used yet',
      '64 not-used deployments[0].sla: is accepted, not used yet',
      '60 not-used deployments[0].concurrency_limit.grace_period_seconds: is accepted, not used yet',
      '61 not-used deployments[0].enforce_parameter_schema: is accepted, not used yet: no schema is made from the function',
      '49 not-used deployments[0].schedules: is kept, not used yet: it starts no runs in this version',
      expect.stringMatching(/^89 dropped deployments\[1\]\.work_pool\.job_variables\.image: .*steps are not run/),
      expect.stringMatching(/^90 dropped deployments\[1\]\.work_pool\.job_variables\.digest: /),
    ])
  })
})

describe('what is wrong is said with its place', () => {
  test.each([
    ['', 'prefect.yaml:1:1: is empty'],
    ['- a\n', 'prefect.yaml:1:1: must be an object with a list "deployments"'],
    ['deployments: []\n', 'prefect.yaml:1:1: deployments: there are no deployments in this file'],
    ['a: 1\n---\nb: 2\n', 'prefect.yaml:3:1: expected one document, found a second one'],
    ['deployments:\n- name: a\n  name: b\n', 'prefect.yaml:3:3: the key "name" is given twice'],
    ['deployment:\n- name: a\n', 'prefect.yaml:1:1: deployment: is not a known key; did you mean "deployments"?'],
    [deployment('paramters: {}'), '5:3: deployments[0].paramters: is not a known key; did you mean "parameters"?'],
    [
      deployment('concurrency_limit: {limits: 2}'),
      'concurrency_limit.limits: is not a known key; did you mean "limit"?',
    ],
    [deployment('concurrency_limit: 0'), 'prefect.yaml:5:3: deployments[0].concurrency_limit: must be at least 1'],
    [deployment('retries: many'), 'prefect.yaml:5:3: deployments[0].retries: must be a number, not "many"'],
    [
      deployment('schedules:', '- {cron: "* * * * *", interval: 5}'),
      '6:5: deployments[0].schedules[0]: needs exactly one of',
    ],
    [deployment('schedule: {cron: "* * * * *"}', 'schedules: []'), 'deployments[0].schedule: give schedules only'],
    [deployment('command: ls'), 'deployments[0].command: give entrypoint or command, not both'],
    [
      deployment('triggers:', '- {expect: [a], matchh: {}}'),
      '6:19: deployments[0].triggers[0].matchh: is not a known key',
    ],
    [
      deployment('triggers:', '- {match: {a: 3}}'),
      '6:14: deployments[0].triggers[0].match.a: must be text or a list of text',
    ],
    [deployment('triggers:', '- {within: 5x}'), 'deployments[0].triggers[0].within: must be a duration'],
    ['deployments:\n- name: a\n', 'prefect.yaml:2:3: deployments[0].entrypoint: is required'],
  ])('%j', async (text, expected) => {
    const file = await read(text)
    expect(problemLines(file)[0]).toContain(expected)
    expect(file.deployments).toEqual([])
  })

  test('two deployments of one name are refused at the second', async () => {
    const one = '- {name: a, entrypoint: flows/etl.py:plain, work_pool: {name: p}}'
    expect(problemLines(await read(`deployments:\n${one}\n${one}\n`, { all: true }))).toEqual([
      'prefect.yaml:3:4: deployments[1].name: the deployment "plain/a" is given twice',
    ])
  })

  test('what the server finds wrong with the request is found in the file', async () => {
    const text = `deployments:
- name: unused
- name: a
  entrypoint: flows/etl.py:plain
  work_pool:
    name: p
    job_variables: {x: 1}
  triggers:
  - type: compound
    triggers: []
    require: all
  - expect: [ping]
    parameters:
      n: "{{ nope("
`
    const file = await read(text, { only: ['a'] })
    expect(file.deployments[0]?.triggers).toHaveLength(1)
    const at = (path: string) => {
      const { line, column, path: inFile } = file.locate({ path, message: 'wrong' })
      return `${line}:${column} ${inFile}`
    }
    expect(at('deployments[0].triggers[0].parameters.n')).toBe('14:7 deployments[1].triggers[1].parameters.n')
    expect(at('deployments[0].job_variables.x')).toBe('7:21 deployments[1].work_pool.job_variables.x')
    expect(at('deployments[0].work_pool')).toBe('6:5 deployments[1].work_pool.name')
  })
})

describe('placeholders', () => {
  test('that cannot be filled in are left out with a notice, alone or inside text', async () => {
    const text = deployment(
      'description: "on {{ $NOPE }}!"',
      'version: "{{ prefect.variables.nope }}"',
      'tags: "{{ prefect.variables.names }}"',
      'parameters: {a: "{{ HOME }}", b: "{{ ctx.flow_run.name }}", c: "{{ limits | upper }}"}',
    )
    const file = await read(text, { env: { HOME: '/root' } })
    expect(file.deployments[0]).toMatchObject({
      description: 'on !',
      version: null,
      tags: ['a', 'b'],
      parameters: { b: '{{ ctx.flow_run.name }}', c: '{{ limits | upper }}' },
    })
    expect(noticeLines(file)).toEqual([
      '5 dropped deployments[0].description: the environment variable NOPE is not set: left out',
      '6 dropped deployments[0].version: there is no variable "nope": left out',
      expect.stringContaining(
        '{{ HOME }} has no value: build and push steps are not run (the environment variable is {{ $HOME }})',
      ),
    ])
  })

  test.each([
    ['work_pool: {name: "{{ $POOL }}"}', 'deployments[0].work_pool.name: the environment variable POOL is not set'],
    ['paused: "{{ prefect.variables.nope }}"', 'deployments[0].paused: there is no variable "nope"'],
    [
      'triggers: [{enabled: "{{ $NOPE }}"}]',
      'deployments[0].triggers[0].enabled: the environment variable NOPE is not set',
    ],
    ['triggers: [{match: {a: "x{{ $NOPE }}"}}]', 'triggers[0].match.a: the environment variable NOPE is not set'],
    ['triggers: [{expect: ["{{ event.event }}"]}]', 'triggers[0].expect[0]: {{ event.event }} has no value'],
  ])('without which the deployment would be another one are problems: %s', async (line, expected) => {
    const text = `deployments:\n- name: a\n  entrypoint: flows/etl.py:plain\n  ${line}\n`
    expect(problemLines(await read(text))[0]).toContain(expected)
  })

  test('ask for each variable once', async () => {
    const asked: string[] = []
    const text = deployment(
      'parameters: {a: "{{ prefect.variables.x }}", b: "{{ prefect.variables.x }}-{{ prefect.variables.y }}"}',
    )
    const file = await read(text, {
      variable: async (name) => {
        asked.push(name)
        return name === 'x' ? { n: 1 } : null
      },
    })
    expect(asked.sort()).toEqual(['x', 'y'])
    expect(file.deployments[0]?.parameters).toEqual({ a: { n: 1 }, b: '{"n":1}-null' })
  })
})

describe('the directory of runs', () => {
  const readPull = (pull: string) => read(deployment(`pull: ${pull}`))
  const setDirectory = (directory: string) =>
    `[{prefect.deployments.steps.set_working_directory: {directory: ${directory}}}]`

  test('is the one a pull step sets, from the file on', async () => {
    const file = await readPull(setDirectory('flows'))
    expect(file.deployments[0]?.directory).toBe(`${FIXTURES}/flows`)
    expect(noticeLines(file)).toEqual([])
  })

  test('is told to be missing here, for a worker may have it', async () => {
    const file = await readPull(setDirectory('/nowhere/else'))
    expect(file.deployments[0]?.directory).toBe('/nowhere/else')
    expect(noticeLines(file)).toEqual([
      expect.stringContaining('assumed deployments[0].pull[0]: /nowhere/else is not on this machine'),
    ])
  })

  test('inside a clone is not used: runs have the deployed source', async () => {
    const clone = '{prefect.deployments.steps.git_clone: {repository: r, id: c}}'
    const file = await readPull(`[${clone}, {prefect.deployments.steps.set_working_directory: {directory: sub}}]`)
    expect(file.deployments[0]?.directory).toBe(FIXTURES)
    expect(noticeLines(file)).toHaveLength(2)
  })
})

test('a version that looks like a number is kept as it is written', async () => {
  expect((await read(deployment('version: 1.10'))).deployments[0]?.version).toBe('1.10')
})

test('keys that start with a dot or x- may hold anchors', async () => {
  const text = `x-pool: &pool {name: shared}\n.tags: &tags [t]\n${deployment('tags: *tags').replace('{name: p}', '*pool')}`
  expect((await read(text)).deployments[0]).toMatchObject({ work_pool: 'shared', tags: ['t'] })
})

test('a deployment that names no work pool gets the default one, and says so', async () => {
  const file = await read('deployments:\n- {name: a, entrypoint: flows/etl.py:plain, work_pool: {name: null}}\n')
  expect(file.deployments[0]?.work_pool).toBe('default')
  expect(noticeLines(file)).toEqual(['2 assumed deployments[0].work_pool: names no work pool: "default" is used'])
})
