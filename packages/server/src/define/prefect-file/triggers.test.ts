import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { deployment, FIXTURES, noticeLines, problemLines, read } from './read-fixture.ts'
import { parseTriggerArgument, type TriggerArgument } from './trigger-argument.ts'

const FILES = new Map([
  ['t.yml', 'triggers:\n- expect: [a]\n- expect: [b]\n'],
  ['t.json', '{"triggers": [{"expect": ["c"]}]}'],
  ['none.yaml', 'trigger: [{}]\n'],
  ['list.yaml', '- {}\n'],
  ['scalar.yaml', 'triggers: 3\n'],
  ['broken.yaml', 'triggers: [\n'],
  ['two.yaml', 'triggers: []\n---\ntriggers: []\n'],
  ['odd.yaml', 'triggers:\n- expect: [a]\n- exspect: [b]\n'],
])

const parse = (argument: string): Promise<TriggerArgument> =>
  parseTriggerArgument(argument, async (path) => {
    const text = FILES.get(path)
    if (text !== undefined) return text
    return readFile(`${FIXTURES}/${path}`, 'utf8')
  })

describe('a trigger given on the command line', () => {
  test('is JSON, or a file with a list of them', async () => {
    const values = async (argument: string) => (await parse(argument)).triggers.map(({ value }) => value)
    expect(await values('{"expect": ["x"]}')).toEqual([{ expect: ['x'] }])
    expect(await values('t.yml')).toEqual([{ expect: ['a'] }, { expect: ['b'] }])
    expect(await values('t.json')).toEqual([{ expect: ['c'] }])
    expect(await values('ping-trigger.yaml')).toHaveLength(1)
  })

  test('in a file without the list contributes nothing, and says so', async () => {
    expect(await parse('none.yaml')).toEqual({
      triggers: [],
      problems: [],
      notices: [
        expect.objectContaining({ kind: 'ignored', message: expect.stringContaining('"trigger" is not read') }),
      ],
    })
  })

  test.each([
    [
      '{"expect": [}',
      '--trigger:1:13',
      'Failed to parse trigger: {"expect": [}. Error: expected a value or "]", found "}"',
    ],
    ['[]', '--trigger:1:1', 'Failed to parse trigger: []. Error: expected one trigger as a JSON object'],
    ['t.txt', '--trigger:1:1', '(a file of triggers ends in .yaml, .yml or .json)'],
    ['nope.yaml', 'nope.yaml:1:1', 'Failed to parse trigger: nope.yaml. Error: there is no such file'],
    ['broken.yaml', 'broken.yaml:2:1', 'Failed to parse trigger: broken.yaml. Error: flow sequence'],
    ['list.yaml', 'list.yaml:1:1', 'Error: expected an object with a list "triggers"'],
    ['scalar.yaml', 'scalar.yaml:1:1', 'Error: must be a list'],
    ['two.yaml', 'two.yaml:3:1', 'Error: expected one document'],
  ])('%j fails with its place', async (argument, place, message) => {
    const { triggers, problems } = await parse(argument)
    expect(triggers).toEqual([])
    expect(problems.map(({ file, line, column }) => `${file}:${line}:${column}`)).toEqual([place])
    expect(problems[0]?.message).toContain(message)
  })

  test('replaces the triggers of the file, and its problems are found where it is written', async () => {
    const { triggers } = await parse('odd.yaml')
    const text = deployment('triggers: [{expect: [file]}]')
    expect(problemLines(await read(text, { triggers }))).toEqual([
      'odd.yaml:3:3: triggers[1].exspect: is not a known key; did you mean "expect"?',
    ])
    const replaced = await read(text, { triggers: (await parse('t.yml')).triggers })
    expect(replaced.deployments[0]?.triggers).toMatchObject([
      { name: 'a__automation_1', expect: ['a'] },
      { name: 'a__automation_2', expect: ['b'] },
    ])
    expect((await read(text, { triggers: [] })).deployments[0]?.triggers).toEqual([])
  })

  test('keeps its parameters and variables as they are', async () => {
    const { triggers } = await parse(
      '{"expect": ["x"], "description": "{{ $STAGE }} {{ prefect.variables.region }}", "parameters": {"a": "{{ $STAGE }}"}}',
    )
    const { deployments } = await read(deployment(), { triggers })
    expect(deployments[0]?.triggers).toMatchObject([
      { description: 'prod {{ prefect.variables.region }}', parameters: { a: '{{ $STAGE }}' } },
    ])
  })

  test('is ignored with a notice where several deployments are deployed', async () => {
    const item = (name: string) => `- {name: ${name}, entrypoint: flows/etl.py:plain, work_pool: {name: p}}\n`
    const file = await read(`deployments:\n${item('a')}${item('b')}`, {
      all: true,
      triggers: (await parse('t.yml')).triggers,
    })
    expect(file.deployments.map(({ triggers }) => triggers)).toEqual([[], []])
    expect(noticeLines(file)).toEqual([expect.stringMatching(/^1 ignored deployments: several deployments/)])
  })
})

test('a trigger on the end of every run is allowed, with a warning that it starts itself', async () => {
  const { triggers } = await parse(
    '{"enabled": true, "match": {"prefect.resource.id": "prefect.flow-run.*"}, "expect": ["prefect.flow-run.Completed"]}',
  )
  const file = await read(deployment(), { triggers })
  expect(file.problems).toEqual([])
  expect(file.deployments[0]?.triggers).toHaveLength(1)
  expect(file.notices).toContainEqual(
    expect.objectContaining({
      kind: 'lint',
      file: '--trigger',
      line: 1,
      column: 75,
      message: expect.stringContaining('including those it launches'),
    }),
  )
})

test('a kind of trigger that this version does not run is left out, and the names of the others stay', async () => {
  const file = await read(
    deployment(
      'triggers:',
      '- {type: compound, require: all, triggers: []}',
      '- {posture: Proactive, expect: [a]}',
      '- {expect: [b]}',
    ),
  )
  expect(problemLines(file)).toEqual([])
  expect(file.deployments[0]?.triggers).toMatchObject([{ name: 'a__automation_3', expect: ['b'] }])
  expect(noticeLines(file)).toEqual([
    expect.stringMatching(
      /^6 skipped deployments\[0\]\.triggers\[0\]\.type: compound triggers are not supported yet .* left out$/,
    ),
    expect.stringMatching(/^7 skipped deployments\[0\]\.triggers\[1\]\.posture: /),
  ])
})

test('tags of a trigger are not used', async () => {
  const file = await read(deployment('triggers: [{expect: [a], tags: [x]}]'))
  expect(file.deployments[0]?.triggers).toHaveLength(1)
  expect(noticeLines(file)).toEqual([expect.stringContaining('not-used deployments[0].triggers[0].tags')])
})
