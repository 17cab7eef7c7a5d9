import { pageOf } from '../contract/page.ts'
import {
  type Variable,
  variableInputSchema,
  variablePatchSchema,
  variableSchema,
  variablesQuerySchema,
  variableValueSchema,
} from '../contract/variable.ts'
import { defineRoute, json, typed } from '../route.ts'
import { gone, variableParams } from './part.ts'

const tag = 'variables'
const scope = 'project'
const one = json<Variable>('The variable.', variableSchema)

export const variableRoutes = {
  listVariables: defineRoute({
    id: 'listVariables',
    method: 'GET',
    path: '/api/v1/variables',
    tag,
    scope,
    summary: 'List variables',
    query: typed(variablesQuerySchema),
    responses: { 200: json('Variables by name.', pageOf<Variable>('VariablePage', variableSchema)) },
  }),
  createVariable: defineRoute({
    id: 'createVariable',
    method: 'POST',
    path: '/api/v1/variables',
    tag,
    scope,
    summary: 'Create a variable',
    body: typed(variableInputSchema),
    responses: { 201: one },
  }),
  getVariable: defineRoute({
    id: 'getVariable',
    method: 'GET',
    path: '/api/v1/variables/{variable}',
    tag,
    scope,
    summary: 'Get a variable',
    params: variableParams,
    responses: { 200: one },
  }),
  putVariable: defineRoute({
    id: 'putVariable',
    method: 'PUT',
    path: '/api/v1/variables/{variable}',
    tag,
    scope,
    summary: 'Create or replace a variable',
    params: variableParams,
    body: typed(variableValueSchema),
    responses: { 200: one, 201: json<Variable>('It was created.', variableSchema) },
  }),
  updateVariable: defineRoute({
    id: 'updateVariable',
    method: 'PATCH',
    path: '/api/v1/variables/{variable}',
    tag,
    scope,
    summary: 'Change a variable',
    params: variableParams,
    body: typed(variablePatchSchema),
    responses: { 200: one },
  }),
  deleteVariable: defineRoute({
    id: 'deleteVariable',
    method: 'DELETE',
    path: '/api/v1/variables/{variable}',
    tag,
    scope,
    summary: 'Delete a variable',
    params: variableParams,
    responses: { 204: gone },
  }),
} as const
