import { type JsonObject, type Problem, validate } from '@upon/engine'
import { z } from 'zod'
import { invalid } from '../lib/user-error.ts'
import type { DeploymentRow } from '../store/deployment-table.ts'

/** Throws `UserError` with a problem per parameter where the deployment's schema refuses them. */
export function checkParameters(deployment: DeploymentRow, parameters: JsonObject): void {
  const { parameterSchema, enforceParameterSchema } = deployment
  if (!enforceParameterSchema || parameterSchema === null) return
  const result = validate(schemaOf(deployment, parameterSchema), parameters)
  if (result.ok) return
  throw invalid(
    `the parameters do not fit the schema of deployment "${deployment.flowName}/${deployment.name}"`,
    result.problems.map(below),
  )
}

function schemaOf(deployment: DeploymentRow, schema: JsonObject): z.ZodType {
  try {
    return z.fromJSONSchema(schema)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const name = `${deployment.flowName}/${deployment.name}`
    throw invalid(`the parameter schema of deployment "${name}" cannot be used: ${reason}`, [
      { path: 'parameter_schema', message: reason },
    ])
  }
}

const below = (problem: Problem): Problem => ({
  ...problem,
  path: problem.path === '' ? 'parameters' : `parameters.${problem.path}`,
})
