import type { Scope } from '../define/define-service.ts'
import type { Caller } from './route-handler.ts'

/** Whose project a request changes, and who does it. */
export const scopeOf = ({ project, actor }: Caller): Scope => ({ project: project.id, actor })
