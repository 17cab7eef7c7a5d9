import { expect, test } from 'vitest'
import { noticeLines, problemLines, read } from './read-fixture.ts'

const FILE = `deployments:
- {name: daily, entrypoint: "flows/etl.py:daily_report", work_pool: {name: p}}
- {name: nightly, entrypoint: "flows/etl.py:nightly_report", work_pool: {name: p}}
- {name: "{{ $STAGE }}-daily", entrypoint: "flows/etl.py:plain", work_pool: {name: p}}
- {name: null, entrypoint: "flows/etl.py:plain"}
`

const names = async (...only: string[]) => (await read(FILE, { only })).deployments.map(({ name }) => name)

test('deployments are chosen by name, by flow and name, or by pattern, in the order of the file', async () => {
  expect(await names('nightly', 'daily')).toEqual(['daily', 'nightly'])
  expect(await names('prod-daily')).toEqual(['prod-daily'])
  expect(await names('*daily')).toEqual(['daily', 'prod-daily'])
  expect(await names('*-*a*y')).toEqual(['prod-daily'])
  expect(await names('daily-report/daily')).toEqual(['daily'])
  expect(await names('daily_report/*')).toEqual(['daily'])
  expect(await names('Nightly (EU)/nightly')).toEqual(['nightly'])
  expect(await names('pl*/*')).toEqual(['prod-daily'])
})

test.each([
  [
    ['dayly'],
    'there is no deployment "dayly" in this file, which has "daily", "nightly", "prod-daily", one without a name; did you mean "daily"?',
  ],
  [['etl/daily'], 'there is no deployment "etl/daily"'],
  [[''], 'there is no deployment ""'],
  [[], 'there are several deployments: give --all, or --name with one of "daily"'],
])('%j chooses nothing, and says what there is', async (only, expected) => {
  const file = await read(FILE, { only })
  expect(problemLines(file)).toHaveLength(1)
  expect(problemLines(file)[0]).toContain(`prefect.yaml:1:1: deployments: ${expected}`)
})

test('one wrong name of several is refused as a whole', async () => {
  expect(await names('daily', 'nope')).toEqual([])
})

test('all takes every deployment that has a name and says which it skips', async () => {
  const file = await read(FILE, { all: true })
  expect(file.deployments.map(({ name }) => name)).toEqual(['daily', 'nightly', 'prod-daily'])
  expect(file.notices).toMatchObject([{ kind: 'skipped', path: 'deployments[3]', line: 5 }])
})

test('all and names exclude each other', async () => {
  expect(problemLines(await read(FILE, { all: true, only: ['daily'] }))[0]).toContain(
    '--all and --name exclude each other',
  )
})

test('a new name with an entrypoint of its own is deployed beside those of the file', async () => {
  const overrides = { entrypoint: 'flows/etl.py:plain', workPool: 'p' }
  const file = await read(FILE, { only: ['hourly'], overrides })
  expect(file.deployments).toMatchObject([{ name: 'hourly', entrypoint: 'flows/etl.py:plain', work_pool: 'p' }])
  expect(noticeLines(file)).toEqual([
    '1 assumed deployments: there is no "hourly" in this file: it is what the command line says',
  ])
})

test('an entrypoint for a name of the file is that deployment with another entrypoint', async () => {
  const file = await read(FILE, { only: ['daily'], overrides: { entrypoint: 'flows/etl.py:plain' } })
  expect(file.deployments).toMatchObject([{ name: 'daily', entrypoint: 'flows/etl.py:plain' }])
})
