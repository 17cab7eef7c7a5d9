import type { Project, Variable } from '@upon/sdk'
import { instantText } from '../lib/instant-text.ts'
import type { ProjectRow } from '../store/project-table.ts'
import type { VariableRow } from '../store/variable-table.ts'

/** A variable as the API shows it. */
export function variableJson(row: VariableRow): Variable {
  return {
    id: row.id,
    name: row.name,
    value: row.value,
    tags: [...row.tags],
    created: instantText(row.created),
    updated: instantText(row.updated),
  }
}

export function projectJson(row: ProjectRow): Project {
  return {
    id: row.id,
    key: row.key,
    name: row.name,
    description: row.description,
    created: instantText(row.created),
  }
}
