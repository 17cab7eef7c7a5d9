import { resolve } from 'node:path'
import type { Json } from '@upon/engine'
import { type FillIn, fillIn } from './fill-in.ts'
import type { SourceFiles } from './prefect-file.ts'
import type { Reporter } from './report.ts'
import { type Step, stepsOf } from './step-outputs.ts'

/** Steps that bring the source from elsewhere: a directory set after one of them is inside what it brought. */
const BRINGS_SOURCE = /\.(git_clone|pull_from_\w+|pull_with_block)$/
const SETS_DIRECTORY = /^prefect\.(deployments|projects)\.steps\.set_working_directory$/
const BUILDS_IMAGE = /\.build_docker_image$/

export interface PullOptions {
  readonly pull: Json | undefined
  readonly build: Json | undefined
  /** Of the section `pull`. */
  readonly reporter: Reporter
  readonly fill: FillIn
  readonly files: SourceFiles
}

/**
 * The directory runs start in: the one a pull step sets, else the directory of the file. Other steps are not run, and
 * a directory inside an image or a clone is not used, which notices say: runs use the source that was deployed.
 */
export async function pullDirectory(fileDirectory: string, options: PullOptions): Promise<string> {
  const { pull, build, reporter, fill, files } = options
  let elsewhere = stepsOf(build).some(({ name }) => BUILDS_IMAGE.test(name))
  let directory = fileDirectory
  for (const [index, step] of stepsOf(pull).entries()) {
    const at = Array.isArray(pull) ? `[${index}]` : ''
    elsewhere ||= BRINGS_SOURCE.test(step.name)
    const given = SETS_DIRECTORY.test(step.name) ? await givenDirectory(step, directory, fill) : null
    if (elsewhere || given === null) {
      const name = step.name.split('.').at(-1) ?? step.name
      reporter.notice('not-used', at, `${name} is accepted, not used yet: runs use the deployed directory`)
      continue
    }
    directory = given
    if (directory !== fileDirectory && !(await files.isDirectory(directory))) {
      const message = `${directory} is not on this machine: only a worker that has it can run the deployment`
      reporter.notice('assumed', at, message)
    }
  }
  return directory
}

async function givenDirectory(step: Step, base: string, fill: FillIn): Promise<string | null> {
  const given = await fillIn(step.inputs.directory ?? null, '', { ...fill, reporter: null })
  return typeof given === 'string' && given !== '' ? resolve(base, given) : null
}
