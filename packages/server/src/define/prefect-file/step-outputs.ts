import { isJsonObject, type Json, type JsonObject } from '@upon/engine'
import { type FillIn, fillIn } from './fill-in.ts'
import type { GitCheckout } from './prefect-file.ts'

/** A build, push or pull step: its full name and its inputs. */
export interface Step {
  readonly name: string
  readonly inputs: JsonObject
}

/** The steps of a `build`, `push` or `pull` section: a list, one step, or nothing. */
export function stepsOf(section: Json | undefined): Step[] {
  const list = Array.isArray(section) ? section : [section]
  return list.filter(isJsonObject).flatMap((step) => {
    const [entry] = Object.entries(step)
    return entry === undefined ? [] : [{ name: entry[0], inputs: isJsonObject(entry[1]) ? entry[1] : {} }]
  })
}

/** Whether a section asks for anything. */
export const hasSteps = (section: Json | undefined): boolean => stepsOf(section).length > 0

/**
 * What steps would give, as far as their inputs say it: nothing is run. An image's name is known when its name and tag
 * are given, the commit when a step asks Git for it in the usual words.
 */
export async function knownOutputs(steps: readonly Step[], fill: FillIn, git: GitCheckout | null): Promise<JsonObject> {
  let outputs: JsonObject = {}
  for (const step of steps) {
    const inputs = await fillIn(step.inputs, '', { ...fill, outputs, reporter: null, needed: () => false })
    const given = isJsonObject(inputs) ? outputsOf(step.name, inputs, git) : {}
    const id = step.inputs.id
    outputs = { ...outputs, ...given, ...(typeof id === 'string' && { [id]: given }) }
  }
  return outputs
}

function outputsOf(name: string, inputs: JsonObject, git: GitCheckout | null): JsonObject {
  if (name.endsWith('.build_docker_image') || name.endsWith('.push_docker_image')) return imageOf(inputs)
  if (name.endsWith('.run_shell_script')) return commitOf(inputs, git)
  return {}
}

function imageOf({ image_name: name, tag }: JsonObject): JsonObject {
  const known = { ...(typeof name === 'string' && { image_name: name }), ...(typeof tag === 'string' && { tag }) }
  return 'image_name' in known && 'tag' in known ? { ...known, image: `${known.image_name}:${known.tag}` } : known
}

function commitOf({ script }: JsonObject, git: GitCheckout | null): JsonObject {
  if (typeof script !== 'string' || git === null) return {}
  const words = script.trim().split(/\s+/).join(' ')
  if (words === 'git rev-parse HEAD') return { stdout: git.commit, stderr: '' }
  return words === 'git rev-parse --short HEAD' && git.short !== undefined ? { stdout: git.short, stderr: '' } : {}
}
