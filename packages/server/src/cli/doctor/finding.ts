import type { Cli } from '../cli.ts'
import { EXIT_FAILED } from '../cli-error.ts'

/** What a check found: `warning` where only part of Upon needs it. */
export interface Finding {
  readonly name: string
  readonly status: 'ok' | 'warning' | 'failed'
  readonly detail: string
  /** What would put it right; null where nothing needs to be. */
  readonly fix: string | null
}

export const ok = (name: string, detail: string): Finding => ({ name, status: 'ok', detail, fix: null })

export const warning = (name: string, detail: string, fix: string): Finding => ({
  name,
  status: 'warning',
  detail,
  fix,
})

export const failed = (name: string, detail: string, fix: string): Finding => ({ name, status: 'failed', detail, fix })

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

export function printFindings(cli: Cli, findings: readonly Finding[]): void {
  const { style } = cli
  const signs = { ok: style.green('ok'), warning: style.yellow('warning'), failed: style.red('failed') }
  for (const { name, status, detail, fix } of findings) {
    cli.print(`${signs[status]} ${style.bold(name)}: ${detail}`)
    if (fix !== null) cli.print(`   → ${fix}`)
  }
}

export const exitCodeOf = (findings: readonly Finding[]): number =>
  findings.some(({ status }) => status === 'failed') ? EXIT_FAILED : 0
