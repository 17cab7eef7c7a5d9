import { z } from 'zod'
import { type Launch, launchesQuerySchema, launchSchema } from '../contract/launch.ts'
import { pageOf } from '../contract/page.ts'
import { idSchema } from '../contract/scalar.ts'
import { defineRoute, json, typed } from '../route.ts'

const tag = 'launches'
const scope = 'project'

export const launchRoutes = {
  listLaunches: defineRoute({
    id: 'listLaunches',
    method: 'GET',
    path: '/api/v1/launches',
    tag,
    scope,
    summary: 'List launches',
    query: typed(launchesQuerySchema),
    responses: { 200: json('Newest first.', pageOf<Launch>('LaunchPage', launchSchema)) },
  }),
  getLaunch: defineRoute({
    id: 'getLaunch',
    method: 'GET',
    path: '/api/v1/launches/{launch}',
    tag,
    scope,
    summary: 'Get a launch',
    params: typed(z.strictObject({ launch: idSchema.describe('Id of the launch.') })),
    responses: { 200: json<Launch>('The launch.', launchSchema) },
  }),
} as const
