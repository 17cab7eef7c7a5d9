import type { Automation, Warning } from '@upon/sdk'
import { automationDocument } from '../../define/automation-document.ts'
import { instantText } from '../../lib/instant-text.ts'
import type { AutomationRow } from '../../store/automation-table.ts'

/** An automation as the API shows it, with what looks wrong with it. */
export function automationJson(row: AutomationRow, warnings: readonly Warning[]): Automation {
  return {
    id: row.id,
    ...automationDocument(row),
    version: row.version,
    owner_resource: row.owner,
    created: instantText(row.created),
    updated: instantText(row.updated),
    warnings: [...warnings],
  }
}
