import type { JsonObject } from '@upon/engine'

/** One attempt of a run, as the executor needs it. */
export interface ProcessSpec {
  readonly runId: string
  /** From 1. */
  readonly attempt: number
  /** `path/file.py:function`, `package.module.function`, `file.ts:function` or `file.js:function`. */
  readonly entrypoint: string | null
  /** Wins over `entrypoint`. A string is run by `/bin/sh -c`, a list directly. */
  readonly command: string | readonly string[] | null
  /** Absolute; the process starts in it and entrypoints are relative to it. */
  readonly directory: string
  /** What the deployment recorded; a directory at another commit is used with a warning in the log. */
  readonly commit: string | null
  readonly parameters: JsonObject
  /** Added to the executor's base environment and stronger than it. */
  readonly env: Readonly<Record<string, string>>
  readonly timeoutSeconds: number | null
  readonly traceparent: string | null
  /** `flow/deployment`, shown to the process as `UPON_DEPLOYMENT`. */
  readonly deployment?: string
  /** The Python to use instead of the executor's: a path or a name on PATH. */
  readonly python?: string
}
