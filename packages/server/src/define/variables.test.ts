import { expect, test } from 'vitest'
import { openWorld } from '../test-world.test-support.ts'

const REGION = { name: 'region', value: { code: 'eu', zones: [1, 2] }, tags: ['geo'] }

test('a variable is put, changed, and put again without a change', async () => {
  await using w = await openWorld()
  const { row, change } = await w.define.putVariable(w.scope, REGION)
  expect(change).toBe('created')
  const again = await w.define.putVariable(w.scope, { ...REGION, value: { zones: [1, 2], code: 'eu' } })
  expect([again.change, again.row.id]).toEqual(['unchanged', row.id])
  expect((await w.define.putVariable(w.scope, { ...REGION, value: null })).change).toBe('updated')
  const patched = await w.define.patchVariable(w.scope, 'region', { tags: [] })
  expect([patched.value, patched.tags]).toEqual([null, []])
  await w.define.removeVariable(w.scope, row.id)
  expect((await w.audit(row.id)).map(({ action }) => action)).toEqual([
    'variable.removed',
    'variable.updated',
    'variable.updated',
    'variable.created',
  ])
})

test('a variable that exists or does not is told in words', async () => {
  await using w = await openWorld()
  await w.define.createVariable(w.scope, REGION)
  await expect(w.define.createVariable(w.scope, REGION)).rejects.toMatchObject({
    code: 'conflict',
    message: 'a variable "region" exists',
  })
  await expect(w.define.patchVariable(w.scope, 'nowhere', {})).rejects.toMatchObject({ code: 'not_found' })
  await expect(w.define.removeVariable(w.scope, 'nowhere')).rejects.toMatchObject({ code: 'not_found' })
})

test('a project has a key of its own and its own variables', async () => {
  await using w = await openWorld()
  const project = await w.define.createProject('local', { key: 'team', description: 'ours' })
  expect(project).toMatchObject({ key: 'team', name: 'team', description: 'ours' })
  await expect(w.define.createProject('local', { key: 'team', description: '' })).rejects.toMatchObject({
    code: 'conflict',
    message: 'a project "team" exists',
  })
  await w.define.createVariable(w.scope, REGION)
  const other = { project: project.id, actor: 'local' }
  await expect(w.define.removeVariable(other, 'region')).rejects.toMatchObject({ code: 'not_found' })
  await expect(w.define.createVariable(other, REGION)).resolves.toMatchObject({ name: 'region' })
  const [row] = await w.store.read.audit.list(project.id, project.id, 10)
  expect(row).toMatchObject({ action: 'project.created', actor: 'local', detail: { key: 'team' } })
})
